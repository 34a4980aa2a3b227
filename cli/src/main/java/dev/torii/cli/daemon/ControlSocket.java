package dev.torii.cli.daemon;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The daemon's end of {@code control.sock}: a client sends one line of words, the daemon answers with the exit code on a line of its own and then the text to
 * print, and closes. The socket is for its owner only (mode 0600).
 */
public final class ControlSocket implements AutoCloseable {
    /** The socket's name in the run directory. */
    public static final String NAME = "control.sock";

    private static final int LONGEST_REQUEST = 4096;
    private static final int MOST_CLIENTS = 32;
    private static final Duration PATIENCE = Duration.ofMillis(200);      // longer than an honest client takes to ask

    private final ServerSocketChannel server;
    private final Path path;
    private final Requests requests;
    private final Semaphore clients = new Semaphore(MOST_CLIENTS);
    private final Queue<SocketChannel> silent = new ConcurrentLinkedQueue<>();

    /** What the socket asks: called on a thread of the client's own, may wait. */
    public interface Requests {
        /** The answer to one request, its words as the user typed them after {@code torii}. */
        Answer answer(List<String> words);
    }

    /** What a client gets: its exit code and the text to print. */
    public record Answer(int exitCode, String text) {
        /** A success. */
        public static Answer ok(String text) {
            return new Answer(0, text);
        }

        /** The operation failed, for the reason given. */
        public static Answer failed(String text) {
            return new Answer(1, text);
        }

        /** The request made no sense. */
        public static Answer usage(String text) {
            return new Answer(2, text);
        }
    }

    private ControlSocket(ServerSocketChannel server, Path path, Requests requests) {
        this.server = server;
        this.path = path;
        this.requests = requests;
    }

    /** Listens in {@code runDirectory}, whose lock the caller holds: a socket that is already there is a dead daemon's. */
    public static ControlSocket listen(Path runDirectory, Requests requests) throws IOException {
        Path path = runDirectory.resolve(NAME);
        Files.deleteIfExists(path);
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));      // nobody else can reach it yet: the directory is 0700 or root's
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        var socket = new ControlSocket(server, path, requests);
        Thread.ofVirtual().name("torii-control-socket").start(socket::accept);
        return socket;
    }

    private void accept() {
        while (true) {
            try {
                SocketChannel client = server.accept();
                admit(client);
            } catch (ClosedChannelException stopped) {
                return;
            } catch (IOException broken) {
                if (!server.isOpen()) return;
            }
        }
    }

    /** When all places stay taken, the client that has been silent the longest makes room; if all wait for answers, the new one has to go. */
    private void admit(SocketChannel client) throws IOException {
        if (!placeSoon()) {
            var longestSilent = silent.poll();
            if (longestSilent == null) {
                client.close();
                return;
            }
            longestSilent.close();
            clients.acquireUninterruptibly();           // its thread wakes up and leaves
        }
        silent.add(client);
        Thread.ofVirtual().start(() -> serve(client));
    }

    private boolean placeSoon() {
        try {
            return clients.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void serve(SocketChannel client) {
        try (client) {
            String line = readLine(client);
            if (!silent.remove(client)) return;         // it is being closed to make room
            var answer = answer(line);
            var bytes = ByteBuffer.wrap((answer.exitCode() + "\n" + answer.text()).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) client.write(bytes);
        } catch (IOException clientWent) {
            // Its own affair: nothing was promised to it and nothing of ours is held.
        } finally {
            silent.remove(client);
            clients.release();
        }
    }

    private Answer answer(String line) {
        if (line.length() >= LONGEST_REQUEST) return Answer.usage("torii: the request is too long");
        try {
            return requests.answer(line.isBlank() ? List.of() : List.of(line.strip().split(" +")));
        } catch (RuntimeException bug) {
            return Answer.failed("torii: internal error, please report it: " + bug);
        }
    }

    private static String readLine(SocketChannel client) throws IOException {
        var buffer = ByteBuffer.allocate(LONGEST_REQUEST);
        while (buffer.hasRemaining() && client.read(buffer) >= 0) {
            if (buffer.position() > 0 && buffer.get(buffer.position() - 1) == '\n') break;
        }
        return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(path);
    }
}
