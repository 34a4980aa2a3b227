package dev.torii.cli.netns;

import dev.torii.cli.lab.Namespaces;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Somebody in a namespace who sends what nobody should: a program of its own there, and the test's handle on it. */
final class Stranger {
    private static final HexFormat HEX = HexFormat.of();
    private static final int QUIET_MILLIS = 700;
    private static final int TCP_MILLIS = 10_000;
    private static final int IKE_PORT = 500;
    private static final int NAT_T_PORT = 4500;

    private final Namespaces namespaces;
    private final String namespace;

    Stranger(Namespaces namespaces, String namespace) {
        this.namespaces = namespaces;
        this.namespace = namespace;
    }

    /** Sends datagrams and gives the answers that come before it is quiet for a while. */
    List<byte[]> datagrams(String from, String to, int port, List<byte[]> messages) {
        var arguments = new ArrayList<>(List.of("udp", from, to, Integer.toString(port)));
        messages.forEach(message -> arguments.add(HEX.formatHex(message)));
        return run(arguments).lines().map(HEX::parseHex).toList();
    }

    /** Sends {@code count} datagrams of every kind of garbage to both IKE ports, as fast as it can. */
    void garbage(String from, String to, long seed, int count) {
        run(List.of("garbage", from, to, Long.toString(seed), Integer.toString(count)));
    }

    /** Sends first messages, each with a cookie of its own, at a rate and for a time; gives how many it sent. */
    int firstMessages(String from, String to, byte[] message, int perSecond, int seconds) {
        return Integer.parseInt(run(List.of("first", from, to, HEX.formatHex(message), Integer.toString(perSecond), Integer.toString(seconds))).strip());
    }

    /** Connects from each address at the same time, sends what belongs to it, and gives what was answered until the other side closed. */
    Map<String, byte[]> connections(String to, int port, Map<String, byte[]> messages) {
        var arguments = new ArrayList<>(List.of("tcp", to, Integer.toString(port)));
        messages.forEach((from, message) -> arguments.add(from + "=" + HEX.formatHex(message)));
        return run(arguments).lines().map(line -> line.split("=", 2)).collect(Collectors.toMap(answer -> answer[0],
                answer -> HEX.parseHex(answer[1]), (a, b) -> b, TreeMap::new));
    }

    private String run(List<String> arguments) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp", classes(), Stranger.class.getName()));
        command.addAll(arguments);
        return namespaces.run(namespace, Duration.ofSeconds(30), command.toArray(String[]::new)).orFail("a stranger in " + namespace).out();
    }

    private static String classes() {
        try {
            return Path.of(Stranger.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** The program. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        switch (arguments[0]) {
            case "udp" -> ask(arguments);
            case "garbage" -> flood(arguments[1], arguments[2], Long.parseLong(arguments[3]), Integer.parseInt(arguments[4]));
            case "first" -> begin(arguments[1], arguments[2], HEX.parseHex(arguments[3]), Integer.parseInt(arguments[4]), Integer.parseInt(arguments[5]));
            case "tcp" -> connect(arguments);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void ask(String[] arguments) throws IOException {
        try (var socket = new DatagramSocket(new InetSocketAddress(arguments[1], 0))) {
            socket.setSoTimeout(QUIET_MILLIS);
            var to = new InetSocketAddress(arguments[2], Integer.parseInt(arguments[3]));
            for (var hex : Arrays.asList(arguments).subList(4, arguments.length)) {
                var message = HEX.parseHex(hex);
                socket.send(new DatagramPacket(message, message.length, to));
            }
            var answer = new DatagramPacket(new byte[9000], 9000);
            while (true) {
                socket.receive(answer);
                System.out.println(HEX.formatHex(answer.getData(), 0, answer.getLength()));
            }
        } catch (SocketTimeoutException quiet) {
            System.out.flush();
        }
    }

    private static void flood(String from, String to, long seed, int count) throws IOException {
        var random = new Random(seed);
        try (var socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
            var target = InetAddress.getByName(to);
            for (int i = 0; i < count; i++) {
                var message = kind(random, i % 8);
                socket.send(new DatagramPacket(message, message.length, target, IKE_PORT));
                var marked = ByteBuffer.allocate(message.length + 4).putInt(0).put(message).array();
                socket.send(new DatagramPacket(marked, marked.length, target, NAT_T_PORT));
                var loose = i % 4 == 0 ? random(random, random.nextInt(4)) : unknownSpi(random);
                socket.send(new DatagramPacket(loose, loose.length, target, NAT_T_PORT));
            }
        }
    }

    private static void begin(String from, String to, byte[] message, int perSecond, int seconds) throws IOException {
        var cookies = new Random(System.nanoTime());
        int sent = 0;
        try (var socket = new DatagramSocket(new InetSocketAddress(from, 0))) {
            var target = InetAddress.getByName(to);
            long started = System.nanoTime();
            for (long passed = 0; passed < seconds * 1_000_000_000L; passed = System.nanoTime() - started) {
                for (; sent < passed / 1e9 * perSecond; sent++) {
                    ByteBuffer.wrap(message).putLong(0, cookies.nextLong() | 1);
                    socket.send(new DatagramPacket(message, message.length, target, IKE_PORT));
                }
                LockSupport.parkNanos(1_000_000);
            }
        }
        System.out.println(sent);
    }

    private static byte[] kind(Random random, int kind) {
        return switch (kind) {
            case 0 -> random(random, random.nextInt(1400));
            case 1 -> Arrays.copyOf(isakmp(random, 0x10, 2, 0, 28), random.nextInt(28));                        // cut short
            case 2 -> isakmp(random, 0x10, 2, 0, random.nextBoolean() ? 0 : -1);                                // impossible length
            case 3 -> badPayload(random);
            case 4 -> isakmp(random, 0x20, 34, 0x08, 28);                                                       // IKE_SA_INIT of IKEv2
            case 5 -> isakmp(random, 0x10, 4, 0, 28);                                                           // Aggressive Mode
            case 6 -> isakmp(random, 0x10, 32, 1, 28);                                                          // Quick Mode of nobody
            default -> isakmp(random, 0x10, 5, 0, 28);                                                          // Informational of nobody
        };
    }

    /** A first Main Mode message whose SA payload says that it is longer than all there is, or shorter than its own header. */
    private static byte[] badPayload(Random random) {
        var message = isakmp(random, 0x10, 2, 0, 48);
        ByteBuffer.wrap(message).put(16, (byte) 1).putShort(30, (short) (random.nextBoolean() ? 0xffff : random.nextInt(4)));
        return message;
    }

    private static byte[] isakmp(Random random, int version, int exchange, int flags, int length) {
        boolean first = exchange == 2 || exchange == 4 || exchange == 34;
        return ByteBuffer.allocate(length > 28 ? length : 28).putLong(random.nextLong() | 1).putLong(first ? 0 : random.nextLong() | 1)
                .put((byte) 0).put((byte) version).put((byte) exchange).put((byte) flags).putInt(first ? 0 : random.nextInt())
                        .putInt(length).array();
    }

    private static byte[] unknownSpi(Random random) {
        var message = random(random, 40 + random.nextInt(1300));
        message[0] |= 1;
        return message;
    }

    private static byte[] random(Random random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void connect(String[] arguments) throws InterruptedException {
        var to = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
        var all = new ArrayList<Thread>();
        for (var one : Arrays.asList(arguments).subList(3, arguments.length)) {
            int equals = one.indexOf('=');
            var from = one.substring(0, equals);
            var message = HEX.parseHex(one.substring(equals + 1));
            all.add(Thread.ofPlatform().start(() -> System.out.println(from + "=" + HEX.formatHex(converse(from, to, message)))));
        }
        for (var one : all) one.join();
    }

    private static byte[] converse(String from, InetSocketAddress to, byte[] message) {
        try (var socket = new Socket()) {
            socket.setSoTimeout(TCP_MILLIS);
            socket.bind(new InetSocketAddress(from, 0));
            socket.connect(to, TCP_MILLIS);
            socket.getOutputStream().write(message);
            return socket.getInputStream().readAllBytes();
        } catch (IOException e) {
            System.err.println(from + ": " + e);
            return new byte[0];
        }
    }
}
