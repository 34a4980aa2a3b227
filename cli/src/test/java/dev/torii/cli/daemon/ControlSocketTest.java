package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.daemon.ControlSocket.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ControlSocketTest {
    private static final int PLACES = 32;

    @TempDir
    private Path directory;

    private final CountDownLatch slowMayEnd = new CountDownLatch(1);
    private ControlSocket socket;

    @BeforeEach void listen() throws IOException {
        socket = ControlSocket.listen(directory, this::answer);
    }

    @AfterEach void stop() throws IOException {
        slowMayEnd.countDown();
        socket.close();
    }

    private Answer answer(List<String> words) {
        return switch (String.join("|", words)) {
            case "status" -> Answer.ok("fine\n");
            case "up|one" -> Answer.failed("no");
            case "slow" -> {
                await(slowMayEnd);
                yield Answer.ok("slow\n");
            }
            case "bug" -> throw new IllegalStateException("on purpose");
            default -> Answer.usage("unknown: " + words);
        };
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve(ControlSocket.NAME)));
    }

    private static void send(SocketChannel client, String text) throws IOException {
        client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static String readAll(SocketChannel client) throws IOException {
        return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
    }

    private String ask(String request) throws IOException {
        try (var client = connect()) {
            send(client, request);
            return readAll(client);
        }
    }

    @Test void theSocketIsForItsOwnerOnly() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(ControlSocket.NAME))));
    }

    @Test void anAnswerIsTheExitCodeOnItsLineAndTheText() throws IOException {
        assertEquals("0\nfine\n", ask("status\n"));
        assertEquals("1\nno", ask("up one\n"));
    }

    @Test void wordsMayHaveSpaceAroundThem() throws IOException {
        assertEquals("1\nno", ask("  up    one \n"));
    }

    @Test void aRequestThatMakesNoSenseIsAnsweredNotDropped() throws IOException {
        assertEquals("2\nunknown: []", ask("\n"));
        assertEquals("2\nunknown: [status, please]", ask("status please\n"));
    }

    @Test void aRequestMayEndWithTheConnectionInsteadOfALine() throws IOException {
        try (var client = connect()) {
            send(client, "status");
            client.shutdownOutput();
            assertEquals("0\nfine\n", readAll(client));
        }
    }

    @Test void aRequestThatComesInPiecesIsPutTogether() throws IOException {
        try (var client = connect()) {
            for (char letter : "status\n".toCharArray()) send(client, String.valueOf(letter));
            assertEquals("0\nfine\n", readAll(client));
        }
    }

    @Test void aRequestWithoutEndIsRefused() throws IOException {
        try (var client = connect()) {
            send(client, "x".repeat(4096));
            var answer = new BufferedReader(new InputStreamReader(Channels.newInputStream(client), StandardCharsets.UTF_8));
            assertEquals("2", answer.readLine());
            assertEquals("torii: the request is too long", answer.readLine());
        }
        assertEquals("0\nfine\n", ask("status\n"));
    }

    @Test void manyClientsAreAllAnswered() throws InterruptedException, ExecutionException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<String>>();
            for (int i = 0; i < 20 * PLACES; i++) {
                if (i >= PLACES) answers.get(i - PLACES).get();         // no more at a time than there are places
                answers.add(threads.submit(() -> ask("status\n")));
            }
            for (Future<String> answer : answers) assertEquals("0\nfine\n", answer.get());
        }
    }

    @Test void clientsThatSayNothingDoNotKeepOthersOut() throws IOException {
        var silent = new ArrayList<SocketChannel>();
        try {
            for (int i = 0; i < PLACES + 2; i++) silent.add(connect());
            send(silent.getLast(), "stat");                             // begun, not ended
            for (int i = 0; i < 2; i++) assertEquals("0\nfine\n", ask("status\n"));
            assertEquals("", readAll(silent.getFirst()), "the longest silent had to go");
        } finally {
            for (SocketChannel client : silent) client.close();
        }
    }

    @Test void aClientThatWaitsForItsAnswerDoesNotMakeRoomForAnother() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var slow = threads.submit(() -> ask("slow\n"));
            var silent = new ArrayList<SocketChannel>();
            for (int i = 0; i < PLACES; i++) silent.add(connect());
            assertEquals("0\nfine\n", ask("status\n"));
            assertFalse(slow.isDone());
            slowMayEnd.countDown();
            assertEquals("0\nslow\n", slow.get());
            for (SocketChannel client : silent) client.close();
        }
    }

    @Test void aBugInAnAnswerIsThatClientsAffairOnly() throws IOException {
        for (int i = 0; i < 2 * PLACES; i++) {
            assertEquals("1\ntorii: internal error, please report it: java.lang.IllegalStateException: on purpose", ask("bug\n"));
        }
        assertEquals("0\nfine\n", ask("status\n"));
    }

    @Test void aSocketThatAKilledDaemonLeftIsTakenOver() throws IOException {
        try (var second = ControlSocket.listen(directory, words -> Answer.ok("second"))) {
            assertEquals("0\nsecond", ask("status\n"));
            assertTrue(Files.exists(directory.resolve(ControlSocket.NAME)), second::toString);
        }
    }

    @Test void afterClosingNothingIsLeft() throws IOException {
        socket.close();
        assertFalse(Files.exists(directory.resolve(ControlSocket.NAME)));
        assertThrows(IOException.class, this::connect);
    }
}
