package dev.torii.cli.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A TCP client and server for machines without ssh and iperf3, run as a program of its own inside a namespace: {@code serve PORT NAME},
 * {@code hostname ADDRESS PORT}, {@code send ADDRESS PORT SECONDS}.
 */
public final class TcpProbe {
    private static final int CONNECT_MILLIS = 5000;
    private static final int ANSWER_MILLIS = 15000;

    private TcpProbe() {}

    /** The program. */
    public static void main(String[] args) throws IOException {
        switch (args[0]) {
            case "serve" -> serve(port(args[1]), args[2]);
            case "hostname" -> System.out.println(hostname(args[1], port(args[2])));
            case "send" -> System.out.printf(Locale.ROOT, "%.0f%n", send(args[1], port(args[2]), Long.parseLong(args[3])));
            default -> throw new IllegalArgumentException(args[0]);
        }
    }

    /** The command line of this program, run by the Java that runs the lab. */
    static List<String> command(String... arguments) {
        var java = ProcessHandle.current().info().command().orElse("java");
        var command = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), TcpProbe.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void serve(int port, String name) throws IOException {
        try (var server = new ServerSocket(port)) {
            System.out.println("listening");
            while (true) {
                var client = server.accept();
                Thread.ofVirtual().start(() -> answer(client, name));
            }
        }
    }

    private static void answer(Socket client, String name) {
        try (client) {
            var in = client.getInputStream();
            int request = in.read();
            if (request == 'h') client.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
            if (request != 's') return;
            var buffer = new byte[1 << 16];
            long bytes = 0;
            long start = System.nanoTime();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) bytes += n;
            client.getOutputStream().write((bytes + " " + (System.nanoTime() - start) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            System.out.println("client lost: " + e.getMessage());
        }
    }

    private static String hostname(String address, int port) throws IOException {
        try (var socket = connect(address, port)) {
            socket.getOutputStream().write('h');
            return line(socket);
        }
    }

    /** Bits per second that arrived. */
    private static double send(String address, int port, long seconds) throws IOException {
        try (var socket = connect(address, port)) {
            OutputStream out = socket.getOutputStream();
            out.write('s');
            var block = new byte[1 << 16];
            for (long end = System.nanoTime() + seconds * 1_000_000_000; System.nanoTime() - end < 0; ) out.write(block);
            socket.shutdownOutput();
            var figures = line(socket).split(" ");
            return Long.parseLong(figures[0]) * 8e9 / Long.parseLong(figures[1]);
        }
    }

    private static Socket connect(String address, int port) throws IOException {
        var socket = new Socket();
        socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
        socket.setSoTimeout(ANSWER_MILLIS);
        return socket;
    }

    private static String line(Socket socket) throws IOException {
        var line = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (line == null) throw new IOException("the connection was closed without an answer");
        return line;
    }

    private static int port(String text) {
        return Integer.parseInt(text);
    }
}
