package dev.torii.cli.netns;

import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Job;
import dev.torii.cli.lab.Namespaces;
import dev.torii.cli.lab.Shell;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Sees every packet of a network's two tunnels at both ends, inside and outside, so that what is lost can be said to be lost in one gateway, in the
 * other, or between them. Begin it before the traffic, end it after. The sums are near: what the gateways say to each other inside ESP for themselves is
 * counted outside only, and the ends stop one after the other.
 */
final class Witness {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int FILE_HEADER = 24;
    private static final int COOKED = 20;               // LINUX_SLL2: interface and direction before each packet
    private static final int COOKED_LINK = 276;
    private static final int SENT_BY_US = 4;
    private static final int SNAPSHOT = 4096;           // a message that the kernel is to segment is seen whole
    private static final int NAT_T_PORT = 4500;
    private static final int INSIDE = 0xc0a8fe00;       // 192.168.254.0/24
    private static final int HEAD_ENDS = 0xc633640a;    // 198.51.100.10 and the number of the tunnel
    private static final Pattern LOST = Pattern.compile("(\\d+) packets? dropped by kernel");
    private static final List<String> ENDS = List.of("cpe", "oci1", "oci2");

    private final Namespaces namespaces;
    private final Map<String, Job> tcpdumps = new TreeMap<>();

    private Witness(Namespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Where a packet is seen on its way. */
    private enum Place { INTO_THE_TUNNEL, SEALED, ARRIVED, OUT_OF_THE_TUNNEL }

    /** One way through one tunnel: how many packets were seen where. */
    private static final class Way {
        private final Map<Place, Integer> seen = new EnumMap<>(Place.class);
        private final Set<Long> sealed = new HashSet<>();
        private final Set<Long> arrived = new HashSet<>();

        void inside(Place place) {
            seen.merge(place, 1, Integer::sum);
        }

        int count(Place place) {
            return switch (place) {
                case SEALED -> sealed.size();
                case ARRIVED -> arrived.size();
                case INTO_THE_TUNNEL, OUT_OF_THE_TUNNEL -> seen.getOrDefault(place, 0);
            };
        }
    }

    /** What was seen, by tunnel; the first way is from the CPE to the head end. */
    private static final class Account {
        private final Map<Integer, Way[]> ways = new TreeMap<>();
        private final List<String> story = new ArrayList<>();

        Way way(int tunnel, boolean fromCpe) {
            return ways.computeIfAbsent(tunnel, number -> new Way[] {new Way(), new Way()})[fromCpe ? 0 : 1];
        }
    }

    /** Watches from now on. */
    static Witness start(Namespaces namespaces) {
        var witness = new Witness(namespaces);
        for (var end : ENDS) {
            var command = List.of("tcpdump", "-Z", "root", "-n", "-i", "any", "-s", Integer.toString(SNAPSHOT), "-B", "8192", "-w",
                    witness.file(end).toString(), "udp port 4500 or net 192.168.254.0/24");
            var tcpdump = namespaces.spawn(end, "witness-" + end, command);
            witness.tcpdumps.put(end, tcpdump);
            Await.until("tcpdump listening", SOON, () -> tcpdump.output().contains("listening on"), () -> tcpdump.tail(5));
        }
        return witness;
    }

    private Path file(String end) {
        return namespaces.state().resolve("witness-" + end + ".pcap");
    }

    /** Stops watching. */
    private void stop() {
        for (var tcpdump : tcpdumps.values()) {
            if (!tcpdump.alive()) continue;
            Shell.run(Shell.SHORT, "kill", "-INT", Long.toString(tcpdump.pid())).orFail("ending tcpdump");
            if (!tcpdump.awaitEnd(SOON)) throw new AssertionError("tcpdump does not end");
        }
    }

    /**
     * Stops watching, and tells where how many packets were lost, and what was seen of some.
     *
     * @param tunnel whose gaps they are
     * @param gaps requests without a reply
     */
    String account(int tunnel, List<Ping.Gap> gaps) {
        stop();
        var account = new Account();
        for (var end : ENDS) read(end, tunnel, gaps, account);
        var text = new StringBuilder();
        account.ways.forEach((number, ways) -> {
            for (int way = 0; way < 2; way++) {
                text.append("tunnel ").append(number).append(way == 0 ? ", to the head end:" : ", to the CPE:").append(line(ways[way])).append('\n');
            }
        });
        tcpdumps.forEach((end, tcpdump) -> {
            var lost = LOST.matcher(tcpdump.output());
            if (!lost.find() || !lost.group(1).equals("0")) text.append("not all was seen at ").append(end).append(": ").append(tcpdump.tail(3)).append('\n');
        });
        account.story.stream().sorted().forEach(line -> text.append(line).append('\n'));
        for (var end : ENDS) {
            text.append(end).append(": ").append(namespaces.script(end, "grep ^Udp: /proc/net/snmp; cat /proc/net/udp; ip -s link").text()).append('\n');
        }
        return text.toString();
    }

    private static String line(Way way) {
        var line = new StringBuilder();
        int before = -1;
        for (var place : Place.values()) {
            int count = way.count(place);
            line.append(' ').append(place.name().toLowerCase(Locale.ROOT).replace('_', ' ')).append(' ').append(count);
            if (before > count) line.append(" (").append(before - count).append(" lost)");
            before = count;
        }
        return line.toString();
    }

    private void read(String end, int tunnel, List<Ping.Gap> gaps, Account account) {
        try (var in = new BufferedInputStream(Files.newInputStream(file(end)), 1 << 20)) {
            var header = ByteBuffer.wrap(in.readNBytes(FILE_HEADER)).order(ByteOrder.LITTLE_ENDIAN);
            if (header.getInt(0) != 0xa1b2c3d4 || header.getInt(20) != COOKED_LINK) throw new AssertionError("not a capture of all interfaces of this machine");
            for (var record = next(in); record != null; record = next(in)) packet(end, record, tunnel, gaps, account);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A packet and when it was seen, in seconds since 1970. */
    private record Record(double at, ByteBuffer cooked) {}

    private static Record next(InputStream in) throws IOException {
        var header = in.readNBytes(16);
        if (header.length < 16) return null;
        var fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        var packet = in.readNBytes(fields.getInt(8));
        return new Record(fields.getInt(0) + fields.getInt(4) / 1e6, ByteBuffer.wrap(packet));
    }

    private static void packet(String end, Record record, int tunnel, List<Ping.Gap> gaps, Account account) {
        var packet = record.cooked();
        boolean leaves = packet.get(10) == SENT_BY_US;
        int ip = COOKED;
        if (packet.get(ip) >> 4 != 4) return;
        boolean cpe = end.equals("cpe");
        int source = packet.getInt(ip + 12);
        int destination = packet.getInt(ip + 16);
        int transport = ip + (packet.get(ip) & 0x0f) * 4;
        if ((destination & 0xffffff00) == INSIDE) {
            int number = ((destination & 0xff) + 3) / 4;
            boolean fromCpe = (destination & 3) == 2;
            account.way(number, fromCpe).inside(leaves ? Place.INTO_THE_TUNNEL : Place.OUT_OF_THE_TUNNEL);
            if (packet.get(ip + 9) == 1 && number == tunnel) {
                int sequence = Short.toUnsignedInt(packet.getShort(transport + 6));
                if (gaps.stream().anyMatch(gap -> gap.near(sequence, record.at()))) {
                    account.story.add(String.format(Locale.ROOT, "%.6f %s %s %d, %s", record.at(), end,
                            packet.get(transport) == 8 ? "request" : "reply", sequence, leaves ? "into the tunnel" : "out of the tunnel"));
                }
            }
            return;
        }
        int number = (cpe == leaves ? destination : source) - HEAD_ENDS;
        int udpPayload = transport + 8;
        int length = packet.limit() - udpPayload;
        if (packet.get(ip + 9) != 17 || number < 1 || number > 2 || length < 8 || packet.getInt(udpPayload) == 0) return;
        var way = account.way(number, cpe == leaves);
        for (int at = udpPayload; at >= 0; at = segmentAfter(packet, at)) {
            (leaves ? way.sealed : way.arrived).add(packet.getLong(at));
            if (number == tunnel && gaps.stream().anyMatch(gap -> gap.during(record.at()))) {
                account.story.add(String.format(Locale.ROOT, "%.6f %s %s SPI %08x %d", record.at(), end, leaves ? "sends" : "receives",
                        packet.getInt(at), packet.getInt(at + 4)));
            }
        }
    }

    /** Several ESP packets of one length may be one message: the next has the same SPI and the next number. */
    private static int segmentAfter(ByteBuffer packet, int at) {
        long wanted = packet.getLong(at) + 1;
        for (int next = at + 4; next + 8 <= packet.limit(); next++) {
            if (packet.getLong(next) == wanted) return next;
        }
        return -1;
    }
}
