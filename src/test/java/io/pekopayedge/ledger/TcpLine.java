package io.pekopayedge.ledger;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The way to a server, on which a test can make every byte late, lose it, or cut it off. Threads are its own. */
public final class TcpLine implements AutoCloseable {
    private final ServerSocket door;
    private volatile int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "tcp-line");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Duration late = Duration.ZERO;
    private volatile boolean cut;
    private final Set<Socket> mute = ConcurrentHashMap.newKeySet();

    public TcpLine(int target) {
        this.target = target;
        try {
            door = new ServerSocket(0, 100, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    public int port() {
        return door.getLocalPort();
    }

    /** Who comes from now on is led there. */
    public void to(int otherTarget) {
        target = otherTarget;
    }

    /** How many came, ever. */
    public int connections() {
        return connections.get();
    }

    /** Every chunk towards the server waits so long. */
    public void late(Duration by) {
        late = by;
    }

    /** On what is open now nothing more comes back, and nobody is told: what a lost machine looks like. */
    public void mute() {
        mute.addAll(sockets);
    }

    /** Breaks what is there and lets nobody in. */
    public void cut() {
        cut = true;
        sockets.forEach(TcpLine::shut);
    }

    public void mend() {
        cut = false;
    }

    private void accept() {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                connections.incrementAndGet();
                if (cut) {
                    client.close();
                } else {
                    join(client);
                }
            } catch (IOException closed) {
                // this line is closed
            }
        }
    }

    private void join(Socket client) throws IOException {
        try {
            Socket server = new Socket("127.0.0.1", target);
            sockets.add(client);
            sockets.add(server);
            threads.execute(() -> carry(client, server, true));
            threads.execute(() -> carry(server, client, false));
        } catch (IOException down) {
            client.close();
        }
    }

    private void carry(Socket from, Socket to, boolean there) {
        byte[] chunk = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n; (n = in.read(chunk)) >= 0; ) {
                Duration wait = late;
                if (there && !wait.isZero()) {
                    TimeUnit.NANOSECONDS.sleep(wait.toNanos());
                }
                if (!there && mute.contains(from)) {
                    continue;
                }
                out.write(chunk, 0, n);
                out.flush();
            }
        } catch (IOException | InterruptedException gone) {
            // one of the two has gone
        } finally {
            sockets.remove(from);
            sockets.remove(to);
            mute.remove(from);
            mute.remove(to);
        }
    }

    private static void shut(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException gone) {
            // that was the wish
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sockets.forEach(TcpLine::shut);
            threads.shutdownNow();
        }
    }
}
