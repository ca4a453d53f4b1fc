package io.quorate.cli.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.quorate.cli.tls.TlsMaterial;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a node's pages by the JDK's own HTTP server. Four threads, at most 64 requests waiting; beyond that connections are closed.
 * A client that takes longer than {@value #REQUEST_SECONDS} seconds to send its request, or than {@value #RESPONSE_SECONDS} to take the
 * answer, is cut off, so that it gives its thread back.
 */
public final class NodeHttpServer implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(NodeHttpServer.class);
    private static final int THREADS = 4;
    private static final int WAITING = 64;
    private static final int REQUEST_SECONDS = 10;
    private static final int RESPONSE_SECONDS = 5;
    private static final String JSON = "application/json; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";

    static {
        // the JDK's server knows no other way to be told, and reads these once, before its first instance
        limit("sun.net.httpserver.maxReqTime", REQUEST_SECONDS);
        limit("sun.net.httpserver.maxRspTime", RESPONSE_SECONDS);
    }

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final HealthCheck health;
    private final MetricsPage metrics;

    private NodeHttpServer(HttpServer server, HealthCheck health, MetricsPage metrics) {
        this.server = server;
        this.health = health;
        this.metrics = metrics;
        AtomicInteger number = new AtomicInteger();
        this.threads = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING), task -> {
                    Thread thread = new Thread(task, "http-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    private static void limit(String property, int seconds) {
        if (System.getProperty(property) == null) { // the operator's own word goes first
            System.setProperty(property, Integer.toString(seconds));
        }
    }

    /**
     * Starts serving.
     *
     * @param address where; port 0 takes a free one
     * @throws IOException if the port cannot be taken; the message names it
     */
    public static NodeHttpServer start(
            InetSocketAddress address, Optional<TlsMaterial> tls, HealthCheck health, MetricsPage metrics)
            throws IOException {
        HttpServer bound;
        try {
            bound = tls.isPresent()
                    ? secured(HttpsServer.create(address, WAITING), tls.get())
                    : HttpServer.create(address, WAITING);
        } catch (IOException e) {
            throw new IOException(
                    "cannot serve HTTP at " + address + ": " + e.getMessage() + "; is another process using the port?",
                    e);
        }
        NodeHttpServer http = new NodeHttpServer(bound, health, metrics);
        bound.createContext("/", http::handle);
        bound.setExecutor(http.threads);
        bound.start();
        return http;
    }

    private static HttpServer secured(HttpsServer server, TlsMaterial tls) {
        server.setHttpsConfigurator(new HttpsConfigurator(tls.context()) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(tls.mutual());
                parameters.setSSLParameters(wanted);
            }
        });
        return server;
    }

    /** Where it serves, with the port that was taken. */
    public InetSocketAddress address() {
        return server.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try (exchange) {
            Page page;
            try {
                page = page(
                        exchange.getRequestMethod(),
                        path,
                        exchange.getRequestHeaders().getFirst("Accept"));
            } catch (RuntimeException e) {
                log.error("page {} failed", path, e);
                page = new Page(500, TEXT, "failed: " + e.getMessage() + "; the node's log has more\n");
            }
            reply(exchange, page);
        }
    }

    private Page page(String method, String path, String accept) throws IOException {
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return new Page(405, TEXT, method + " is not allowed: pages are only read here\n");
        }
        switch (path) {
            case "/health" -> {
                NodeHealth now = health.look();
                return new Page(now.healthy() ? 200 : 503, JSON, now.toJson() + "\n");
            }
            case "/ready" -> {
                NodeHealth now = health.look();
                return new Page(now.ready() ? 200 : 503, JSON, now.toJson() + "\n");
            }
            case "/metrics" -> {
                String type = MetricsPage.contentType(accept);
                StringWriter text = new StringWriter();
                metrics.write(text, type);
                return new Page(200, type, text.toString());
            }
            default -> {
                return new Page(404, TEXT, "no page " + path + "; there are /metrics, /health, /ready\n");
            }
        }
    }

    private static void reply(HttpExchange exchange, Page page) throws IOException {
        byte[] bytes = page.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", page.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (page.status() == 405) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(page.status(), -1);
        } else {
            exchange.sendResponseHeaders(page.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private record Page(int status, String type, String body) {}

    /** Stops at once; requests under way are cut off. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
