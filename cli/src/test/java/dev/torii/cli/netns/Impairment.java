package dev.torii.cli.netns;

import com.sun.jna.Native;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Job;
import dev.torii.cli.lab.Namespaces;
import dev.torii.tun.LinuxTun;
import dev.torii.tun.TunPoller;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A bad internet, for kernels without netem: a program in the namespace inet, through which its packets go from one TUN to the other, and the test's handle
 * on it. What it spoils has no UDP checksum any more, so that the kernel passes it on.
 */
final class Impairment implements AutoCloseable {
    private static final int BATCH = 64;
    private static final int MTU = 1500;
    private static final int IP_AND_UDP = 28;
    private static final int UDP_CHECKSUM = 26;

    private final Namespaces namespaces;
    private final Job job;

    private Impairment(Namespaces namespaces, Job job) {
        this.namespaces = namespaces;
        this.job = job;
    }

    /** In percent of the packets; those out of order are 1 to 10 ms late. */
    record Degree(int loss, int duplication, int disorder, int corruption) {}

    /** From now on what passes between the CPE's side and the head ends' has to suffer. */
    static Impairment begin(Namespaces namespaces, Degree degree) {
        var command = Stream.concat(Stream.of(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED", "-cp", classPath(), Impairment.class.getName()),
                Stream.of(degree.loss(), degree.duplication(), degree.disorder(), degree.corruption()).map(percent -> Integer.toString(percent))).toList();
        var job = namespaces.spawn("inet", "impairment-" + degree.loss(), command);
        Await.until("the impairment", Duration.ofSeconds(15), () -> job.output().contains("ready"), () -> job.tail(20));
        namespaces.script("inet", """
                for i in imp0 imp1; do
                  sysctl -qw net.ipv6.conf.$i.disable_ipv6=1 net.ipv4.conf.$i.rp_filter=0
                  ip link set $i up
                done
                ip route replace default dev imp0 table 100
                ip route replace default dev imp1 table 101
                ip rule add iif tonat to 198.51.100.0/24 lookup 100
                ip rule add iif brinet to 203.0.113.0/24 lookup 101
                """).orFail("impairment");
        return new Impairment(namespaces, job);
    }

    /** The packets have their way again. */
    @Override public void close() {
        job.terminate();
        job.awaitEnd(Duration.ofSeconds(5));
        namespaces.script("inet", "ip rule del iif tonat; ip rule del iif brinet").orFail("the end of the impairment");
    }

    private static String classPath() {
        return Stream.of(Impairment.class, LinuxTun.class, Native.class).map(Impairment::home).distinct().collect(Collectors.joining(File.pathSeparator));
    }

    private static String home(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** A packet that is late, and the TUN that it goes to. */
    private record Late(long due, int to, ByteBuffer packet) {}

    /** The program. */
    public static void main(String[] arguments) throws Exception {
        var degree = new Degree(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        try (var there = LinuxTun.open("imp0", MTU); var back = LinuxTun.open("imp1", MTU); var poller = new TunPoller(List.of(there, back))) {
            System.out.println("ready");
            relay(List.of(there, back), poller, degree);
        }
    }

    private static void relay(List<LinuxTun> tuns, TunPoller poller, Degree degree) {
        var random = new Random(1);
        var late = new PriorityQueue<Late>(Comparator.comparingLong(Late::due));
        var read = new ByteBuffer[BATCH];
        for (int i = 0; i < BATCH; i++) read[i] = ByteBuffer.allocate(MTU + 100);
        while (true) {
            poller.await(late.isEmpty() ? -1 : 1);
            for (int from = 0; from < 2; from++) {
                if (!poller.readable(from)) continue;
                for (var each : read) each.clear();
                int count = tuns.get(from).read(read);
                var now = new ArrayList<ByteBuffer>();
                for (int i = 0; i < count; i++) {
                    if (percent(random, degree.loss())) continue;
                    for (int copies = percent(random, degree.duplication()) ? 2 : 1; copies > 0; copies--) {
                        var packet = ByteBuffer.allocate(read[i].remaining()).put(read[i].duplicate()).flip();
                        if (percent(random, degree.corruption())) spoil(packet, random);
                        if (percent(random, degree.disorder())) late.add(new Late(System.nanoTime() + 1_000_000L * (1 + random.nextInt(10)), 1 - from, packet));
                        else now.add(packet);
                    }
                }
                tuns.get(1 - from).write(now.toArray(ByteBuffer[]::new), now.size());
            }
            while (!late.isEmpty() && late.peek().due() - System.nanoTime() <= 0) {
                var one = late.poll();
                tuns.get(one.to()).write(new ByteBuffer[] {one.packet()}, 1);
            }
        }
    }

    private static boolean percent(Random random, int percent) {
        return random.nextInt(100) < percent;
    }

    private static void spoil(ByteBuffer packet, Random random) {
        if (packet.limit() <= IP_AND_UDP) return;
        packet.putShort(UDP_CHECKSUM, (short) 0);
        int at = IP_AND_UDP + random.nextInt(packet.limit() - IP_AND_UDP);
        packet.put(at, (byte) (packet.get(at) ^ 1 << random.nextInt(8)));
    }
}
