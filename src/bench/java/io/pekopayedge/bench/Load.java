package io.pekopayedge.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Clients on keep-alive connections, each with one request under way. */
final class Load {
    static final int CLIENTS = 32;

    /** What a request is, by its number; null ends the load. */
    interface Requests {
        byte[] request(int number);

        /** Called on the client's thread. */
        default void answered(int number, byte[] body) {}
    }

    /** @param micros of each request, sorted; in a paced load from the moment it should have been sent */
    record Result(int done, int failed, long[] micros, Duration took) {
        /** Several loads as if they were one. */
        static Result of(List<Result> all) {
            return new Result(
                    all.stream().mapToInt(Result::done).sum(),
                    all.stream().mapToInt(Result::failed).sum(),
                    all.stream()
                            .flatMapToLong(result -> Arrays.stream(result.micros))
                            .sorted()
                            .toArray(),
                    all.stream().map(Result::took).reduce(Duration.ZERO, Duration::plus));
        }

        long percentile(double share) {
            return micros.length == 0 ? 0 : micros[(int) Math.min(micros.length - 1, micros.length * share)];
        }
    }

    private final int port;
    private final int status;
    private final AtomicInteger failed = new AtomicInteger();

    /** @param status that every answer must have */
    Load(int port, int status) {
        this.port = port;
        this.status = status;
    }

    /** As fast as the server answers. */
    Result closed(Duration time, Requests requests) {
        return run(time, requests, 0);
    }

    /** @param perSecond of all clients together */
    Result paced(Duration time, int perSecond, Requests requests) {
        return run(time, requests, 1_000_000_000L * CLIENTS / perSecond);
    }

    /** Milliseconds of one request, its connection included. */
    double once(byte[] request) {
        try {
            long begun = System.nanoTime();
            new Client().run(Long.MAX_VALUE, begun, 0, new AtomicInteger(), number -> number == 0 ? request : null);
            return (System.nanoTime() - begun) / 1e6;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Result run(Duration time, Requests requests, long pause) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        long begun = System.nanoTime();
        try {
            List<Future<Client>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                long first = begun + pause * i / CLIENTS;
                running.add(
                        clients.submit(() -> new Client().run(begun + time.toNanos(), first, pause, number, requests)));
            }
            List<Client> all = new ArrayList<>();
            for (Future<Client> client : running) {
                all.add(client.get());
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            long[] micros = all.stream()
                    .flatMapToLong(client -> Arrays.stream(client.micros, 0, client.done))
                    .sorted()
                    .toArray();
            return new Result(micros.length, failed.getAndSet(0), micros, took);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            clients.shutdownNow();
        }
    }

    private final class Client {
        private long[] micros = new long[1 << 14];
        private int done;

        Client run(long end, long first, long pause, AtomicInteger number, Requests requests) throws IOException {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(30_000);
                OutputStream out = socket.getOutputStream();
                InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
                for (long due = first; ; due += pause) {
                    if (pause > 0) {
                        for (long left; (left = due - System.nanoTime()) > 0; ) {
                            LockSupport.parkNanos(left);
                        }
                    }
                    long now = System.nanoTime();
                    int mine = number.getAndIncrement();
                    byte[] request = now < end ? requests.request(mine) : null;
                    if (request == null) {
                        return this;
                    }
                    out.write(request);
                    requests.answered(mine, answer(in));
                    count((System.nanoTime() - (pause > 0 ? due : now)) / 1000);
                }
            }
        }

        private void count(long took) {
            if (done == micros.length) {
                micros = Arrays.copyOf(micros, done * 2);
            }
            micros[done++] = took;
        }
    }

    /** Reads one answer whole. */
    private byte[] answer(InputStream in) throws IOException {
        if (Integer.parseInt(line(in).substring(9, 12)) != status) {
            failed.incrementAndGet();
        }
        int length = 0;
        boolean chunked = false;
        for (String line; !(line = line(in)).isEmpty(); ) {
            if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
                length = Integer.parseInt(line.substring(15).trim());
            } else if (line.regionMatches(true, 0, "transfer-encoding:", 0, 18)) {
                chunked = true;
            }
        }
        if (!chunked) {
            return in.readNBytes(length);
        }
        for (int size; (size = Integer.parseInt(line(in), 16)) > 0; ) {
            in.skipNBytes(size + 2);
        }
        line(in);
        return new byte[0];
    }

    private static String line(InputStream in) throws IOException {
        byte[] bytes = new byte[1024];
        int length = 0;
        for (int next; (next = in.read()) != '\n'; ) {
            if (next < 0) {
                throw new IOException("closed");
            }
            bytes[length++] = (byte) next;
        }
        return new String(bytes, 0, Math.max(0, length - 1), StandardCharsets.ISO_8859_1);
    }
}
