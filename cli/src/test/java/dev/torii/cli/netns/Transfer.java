package dev.torii.cli.netns;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A program that sends what only chance could have written, on several connections at once, to another of its kind, which compares: {@code receive ADDRESS},
 * {@code send ADDRESS}. The sender prints "the same" if all of it was.
 */
public final class Transfer {
    private static final int PORT = 2224;
    private static final int CONNECTIONS = 4;
    private static final int BLOCK = 1 << 16;
    private static final int BLOCKS = 50;
    private static final int SAME = 1;
    private static final int CONNECT_MILLIS = 10_000;

    private Transfer() {}

    /** The program. */
    public static void main(String[] args) throws Exception {
        var address = InetAddress.getByName(args[1]);
        if (args[0].equals("receive")) receive(address);
        else System.out.println(send(address) ? "the same" : "not the same");
    }

    /** The command line of this program, run by the Java that runs the tests. */
    static List<String> command(String... arguments) {
        var java = ProcessHandle.current().info().command().orElse("java");
        var command = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Transfer.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void receive(InetAddress address) throws IOException {
        try (var server = new ServerSocket(PORT, CONNECTIONS, address)) {
            System.out.println("listening");
            while (true) {
                var client = server.accept();
                Thread.ofPlatform().daemon().start(() -> compare(client));
            }
        }
    }

    private static void compare(Socket client) {
        try (client) {
            var in = client.getInputStream();
            var random = new Random(in.read());
            boolean same = true;
            byte[] expected = new byte[BLOCK];
            for (int i = 0; i < BLOCKS; i++) {
                random.nextBytes(expected);
                same &= Arrays.equals(expected, in.readNBytes(BLOCK));
            }
            client.getOutputStream().write(same ? SAME : 0);
        } catch (IOException e) {
            System.out.println("client lost: " + e.getMessage());
        }
    }

    private static boolean send(InetAddress address) throws InterruptedException {
        var same = new boolean[CONNECTIONS];
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < CONNECTIONS; i++) {
            int number = i;
            threads.add(Thread.ofPlatform().start(() -> same[number] = send(address, number)));
        }
        for (var thread : threads) thread.join();
        for (boolean one : same) if (!one) return false;
        return true;
    }

    private static boolean send(InetAddress address, int seed) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, PORT), CONNECT_MILLIS);
            var out = socket.getOutputStream();
            out.write(seed);
            var random = new Random(seed);
            byte[] block = new byte[BLOCK];
            for (int i = 0; i < BLOCKS; i++) {
                random.nextBytes(block);
                out.write(block);
            }
            return socket.getInputStream().read() == SAME;
        } catch (IOException e) {
            System.out.println("server lost: " + e.getMessage());
            return false;
        }
    }
}
