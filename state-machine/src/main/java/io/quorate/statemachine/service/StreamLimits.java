package io.quorate.statemachine.service;

/**
 * What clients may have unanswered at a node; bounds its memory. A request counts until its answer was given to the transport.
 *
 * @param maxRequests of one stream; beyond it the node reads no more of the stream
 * @param maxBytes of requests, and of answers that wait to be written, of one stream; beyond it queries are rejected as QUEUE_FULL
 * @param maxTotalBytes of the requests of all streams, and of results that wait to be written; beyond it requests are rejected as
 *     QUEUE_FULL
 * @param maxMessageBytes the largest message that the port takes: what the server was built with
 */
public record StreamLimits(int maxRequests, long maxBytes, long maxTotalBytes, int maxMessageBytes) {
    public static final StreamLimits DEFAULT = new StreamLimits(32_768, 32L << 20, 128L << 20, 64 << 20);

    public StreamLimits {
        if (maxRequests < 1 || maxBytes < 1 || maxTotalBytes < 1 || maxMessageBytes < 1024) {
            throw new IllegalArgumentException(
                    "stream limits: " + maxRequests + " requests, " + maxBytes + " bytes, " + maxTotalBytes
                            + " bytes of all streams, messages of " + maxMessageBytes + " bytes (at least 1024)");
        }
    }
}
