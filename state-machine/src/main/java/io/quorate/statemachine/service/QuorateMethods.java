package io.quorate.statemachine.service;

import io.quorate.statemachine.wire.WireMessage;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;

/** The methods that a node serves. API: internal; the names are part of the protocol. */
public final class QuorateMethods {
    static final String CLIENT_SERVICE = "quorate.v1.Client";
    static final String ADMIN_SERVICE = "quorate.v1.Admin";

    /** The one stream of a client: requests up, answers down. */
    public static final MethodDescriptor<WireMessage, WireMessage> STREAM =
            method(CLIENT_SERVICE, "Stream", MethodDescriptor.MethodType.BIDI_STREAMING);

    /** An administrative operation. */
    public static final MethodDescriptor<WireMessage, WireMessage> ADMIN =
            method(ADMIN_SERVICE, "Call", MethodDescriptor.MethodType.UNARY);

    private QuorateMethods() {}

    private static MethodDescriptor<WireMessage, WireMessage> method(
            String service, String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.<WireMessage, WireMessage>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
                .setRequestMarshaller(WireMarshaller.INSTANCE)
                .setResponseMarshaller(WireMarshaller.INSTANCE)
                .build();
    }
}
