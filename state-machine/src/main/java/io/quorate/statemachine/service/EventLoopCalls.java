package io.quorate.statemachine.service;

import java.util.concurrent.Executor;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallExecutorSupplier;

/**
 * Serves client streams on the transport's event loops, which saves a hand-over each way; leaves all other calls, Ratis' own and
 * administrative ones that may block, to the server's pool. For {@code ServerBuilder.callExecutor}.
 */
final class EventLoopCalls implements ServerCallExecutorSupplier {
    @Override
    public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata headers) {
        boolean stream =
                QuorateMethods.CLIENT_SERVICE.equals(call.getMethodDescriptor().getServiceName());
        return stream ? Runnable::run : null;
    }
}
