package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Job;
import dev.torii.cli.lab.Namespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** Numbered datagrams to a program that sends them back and says how often it has seen each: what came twice, what came otherwise than it was sent. */
final class Numbered {
    private static final int PORT = 9000;
    private static final int HEADER = 8;                            // number, times seen at the other side
    private static final Pattern TALLY = Pattern.compile("sent (\\d+), answered (\\d+), twice (\\d+), spoiled (\\d+)");

    private Numbered() {}

    /** What became of them: {@code twice} at either side, {@code spoiled} at either side. */
    record Tally(int sent, int answered, int twice, int spoiled) {}

    /** Sends back what comes; until the namespaces go. */
    static Job answering(Namespaces namespaces, String in) {
        var job = namespaces.spawn(in, "numbered-" + in, command("answer"));
        Await.until("the program that answers", Duration.ofSeconds(15), () -> job.output().contains("ready"), () -> job.tail(10));
        return job;
    }

    /** Sends {@code count} datagrams numbered from {@code first} on, so many a second; waits for stragglers. */
    static Tally exchange(Namespaces namespaces, String from, String to, int first, int count, int perSecond) {
        var limit = Duration.ofSeconds(30 + count / perSecond);
        var out = namespaces.run(from, limit, command("ask", to, Integer.toString(first), Integer.toString(count), Integer.toString(perSecond))
                .toArray(String[]::new)).orFail("numbered").out();
        var tally = TALLY.matcher(out);
        if (!tally.find()) throw new AssertionError(out);
        return new Tally(Integer.parseInt(tally.group(1)), Integer.parseInt(tally.group(2)), Integer.parseInt(tally.group(3)),
                Integer.parseInt(tally.group(4)));
    }

    private static List<String> command(String... arguments) {
        try {
            var classes = Path.of(Numbered.class.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
            var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1", "-cp", classes, Numbered.class.getName()));
            command.addAll(List.of(arguments));
            return command;
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** The program. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (arguments[0].equals("answer")) answer();
        else ask(InetAddress.getByName(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
    }

    private static void answer() throws IOException {
        try (var socket = new DatagramSocket(PORT)) {
            System.out.println("ready");
            byte[] seen = new byte[1 << 20];
            var packet = new DatagramPacket(new byte[2000], 2000);
            int spoiled = 0;
            while (true) {
                packet.setLength(2000);
                socket.receive(packet);
                var body = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
                int number = body.getInt(0);
                if (isSpoiled(body, number) || number < 0 || number >= seen.length) spoiled++;
                else seen[number]++;
                body.putInt(4, spoiled << 8 | (number < 0 || number >= seen.length ? 0 : seen[number] & 0xFF));
                socket.send(packet);
            }
        }
    }

    private static void ask(InetAddress to, int first, int count, int perSecond) throws IOException, InterruptedException {
        try (var socket = new DatagramSocket()) {
            int[] answered = new int[count];
            int[] tally = new int[2];                               // twice, spoiled
            var flight = new Flight();
            var reader = Thread.ofPlatform().start(() -> listen(socket, first, answered, tally, flight));
            long began = System.nanoTime();
            for (int sent = 0; sent < count;) {
                for (; sent < count && sent < (System.nanoTime() - began) / 1e9 * perSecond && flight.hasRoom(sent); sent++) {
                    byte[] body = body(first + sent);
                    socket.send(new DatagramPacket(body, body.length, to, PORT));
                }
                LockSupport.parkNanos(1_000_000);
            }
            reader.join();
            int all = 0;
            for (int times : answered) {
                if (times > 0) all++;
                if (times > 1) tally[0]++;
            }
            System.out.println("sent " + count + ", answered " + all + ", twice " + tally[0] + ", spoiled " + tally[1]);
        }
    }

    /** How many may be on their way: what a socket's buffer holds while a busy machine lets its program wait. What is not answered soon is taken for lost. */
    private static final class Flight {
        private static final int MOST = 64;
        private static final long SOON_NANOS = 100_000_000;

        private volatile int settled;
        private volatile long when = System.nanoTime();

        synchronized void answered(int number) {
            settled = Math.max(settled, number + 1);
            when = System.nanoTime();
        }

        boolean hasRoom(int sent) {
            if (sent - settled < MOST) return true;
            if (System.nanoTime() - when > SOON_NANOS) answered(sent - 1);
            return false;
        }
    }

    /** Until it is quiet. */
    private static void listen(DatagramSocket socket, int first, int[] answered, int[] tally, Flight flight) {
        var packet = new DatagramPacket(new byte[2000], 2000);
        try {
            socket.setSoTimeout(1500);
            while (true) {
                packet.setLength(2000);
                socket.receive(packet);
                var body = ByteBuffer.wrap(packet.getData(), 0, packet.getLength());
                int number = body.getInt(0);
                if (number < first || number >= first + answered.length || isSpoiled(body, number)) {
                    tally[1]++;
                    continue;
                }
                answered[number - first]++;
                flight.answered(number - first);
                if ((body.get(7) & 0xFF) > 1) tally[0]++;
                if (body.getInt(4) >>> 8 > 0) tally[1]++;
            }
        } catch (SocketTimeoutException quiet) {
            System.out.flush();                                     // all that will come has come
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** As long as its number says, and filled with what follows from it. */
    private static byte[] body(int number) {
        byte[] body = new byte[HEADER + number % 1000];
        ByteBuffer.wrap(body).putInt(number);
        for (int i = HEADER; i < body.length; i++) body[i] = (byte) (number * 31 + i);
        return body;
    }

    private static boolean isSpoiled(ByteBuffer body, int number) {
        if (number < 0) return true;
        byte[] expected = body(number);
        if (body.limit() != expected.length) return true;
        for (int i = HEADER; i < expected.length; i++) if (body.get(i) != expected[i]) return true;
        return false;
    }
}
