package dev.torii.cli.show;

import dev.torii.esp.Verdict;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Spi;
import java.net.InetAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code torii status}: every connection with its SAs and what they carried; an SA with what it is for, unless it is for all of the connection.
 *
 * @param listening addresses on which UDP 500 and 4500 are open
 * @param counters  what was not used of what strangers and peers sent, by cause
 */
public record StatusView(List<Connection> connections, List<InetAddress> listening, Map<String, Long> counters, List<String> notes) implements View {
    /** One conn. {@code ike} is empty while its local address is unknown. */
    public record Connection(String name, String interfaceName, Optional<InetAddress> local, String localId, Optional<InetAddress> remote, String remoteId,
            String localSubnet, String remoteSubnet, boolean up, Optional<Suspect> suspect, boolean wanted, boolean onDemand, Optional<IkeStatus> ike,
            Map<Integer, Traffic> inbound, Map<Integer, Traffic> outbound, Map<Verdict, Long> outboundDrops) {
        String state() {
            if (up) return suspect.isPresent() ? "suspect" : "up";
            if (ike.isEmpty()) return "no local address";
            return switch (ike.get().state()) {
                case IDLE -> onDemand ? "on demand" : wanted ? "waiting" : "down";
                case CONNECTING -> "connecting";
                case WAITING -> "waiting";
                case UP -> "up";
            };
        }
    }

    /** A tunnel that is up and may be dead all the same. {@code withdrawn}: others carry what it would. */
    public record Suspect(Duration since, boolean withdrawn) {
        String words() {
            return String.format(Locale.ROOT, "suspect for %.1f s: the peer answers no question; %s", since.toMillis() / 1e3,
                    withdrawn ? "what goes over it takes other tunnels until it is heard again"
                            : "no other tunnel can take what goes over it, so it stays in use");
        }
    }

    /** What one SA carried: inner packets and their bytes, and what it dropped. */
    public record Traffic(long packets, long bytes, Map<Verdict, Long> drops) {
        static final Traffic NONE = new Traffic(0, 0, Map.of());
    }

    @Override public String text() {
        var text = new StringBuilder();
        for (InetAddress address : listening) text.append("listening on ").append(address.getHostAddress()).append(" UDP 500 and 4500\n");
        for (String note : notes) text.append("note: ").append(note).append('\n');
        for (Connection connection : connections) append(text, connection);
        if (!counters.isEmpty()) text.append("not used: ").append(counts(counters)).append('\n');
        long active = connections.stream().filter(Connection::up).count();
        return text.append("Total IPsec connections: loaded ").append(connections.size()).append(", active ").append(active).append('\n').toString();
    }

    private static void append(StringBuilder text, Connection connection) {
        text.append('"').append(connection.name()).append("\": ").append(connection.state()).append(", ").append(connection.interfaceName()).append(", ")
                .append(connection.localSubnet()).append("===").append(side(connection.local(), connection.localId())).append("...")
                .append(side(connection.remote(), connection.remoteId())).append("===").append(connection.remoteSubnet()).append('\n');
        connection.suspect().ifPresent(suspect -> text.append("    ").append(suspect.words()).append('\n'));
        if (connection.ike().isPresent()) append(text, connection, connection.ike().get());
        if (!connection.outboundDrops().isEmpty()) text.append("    dropped on the way out: ").append(verdicts(connection.outboundDrops())).append('\n');
    }

    private static void append(StringBuilder text, Connection connection, IkeStatus ike) {
        for (var sa : ike.ikeSas()) {
            text.append("    ISAKMP SA ").append(sa.initiatorCookie()).append(sa.established() ? ", established" : ", half-open")
                    .append(sa.initiator() ? ", initiator" : ", responder")
                    .append(sa.proposal().isEmpty() ? "" : ", " + sa.proposal()).append(", ").append(sa.path())
                    .append(sa.localNat() ? ", behind NAT" : "").append(sa.remoteNat() ? ", peer behind NAT" : "").append('\n');
            sa.peer().ifPresent(peer -> text.append("        peer ").append(peer.identity()).append(", authenticated by ").append(peer.by()).append('\n'));
        }
        for (var child : ike.children()) {
            var in = connection.inbound().getOrDefault(child.inbound().value(), Traffic.NONE);
            var out = connection.outbound().getOrDefault(child.outbound().value(), Traffic.NONE);
            text.append("    IPsec SA ").append(child.suite()).append(child.udpEncapsulated() ? " in UDP" : "")
                    .append(child.current() ? "" : ", being replaced")
                    .append(child.local().equals(connection.localSubnet()) && child.remote().equals(connection.remoteSubnet()) ? ""
                            : ", " + child.local() + "===" + child.remote())
                    .append(", in ").append(child.inbound()).append(' ').append(traffic(in)).append(", out ").append(child.outbound()).append(' ')
                    .append(traffic(out)).append('\n');
            if (!in.drops().isEmpty()) text.append("        dropped on the way in: ").append(verdicts(in.drops())).append('\n');
        }
        if (!connection.up()) ike.lastFailure().ifPresent(cause -> text.append("    last failure: ").append(cause).append('\n'));
    }

    private static String side(Optional<InetAddress> address, String id) {
        String shown = address.map(InetAddress::getHostAddress).orElse("%any");
        return shown.equals(id) ? shown : shown + "[" + id + "]";
    }

    private static String traffic(Traffic traffic) {
        return traffic.packets() + " packets " + traffic.bytes() + " bytes";
    }

    private static String verdicts(Map<Verdict, Long> drops) {
        return counts(names(drops));
    }

    private static Map<String, Long> names(Map<Verdict, Long> drops) {
        var named = new LinkedHashMap<String, Long>();
        drops.forEach((verdict, count) -> named.put(verdict.name().toLowerCase(Locale.ROOT), count));
        return named;
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream().map(entry -> entry.getKey() + " " + entry.getValue()).collect(Collectors.joining(", "));
    }

    @Override public Object json() {
        var total = new LinkedHashMap<String, Object>();
        total.put("loaded", connections.size());
        total.put("active", connections.stream().filter(Connection::up).count());
        var json = new LinkedHashMap<String, Object>();
        json.put("listening", listening.stream().map(InetAddress::getHostAddress).toList());
        json.put("notes", notes);
        json.put("connections", connections.stream().map(StatusView::json).toList());
        json.put("notUsed", counters);
        json.put("total", total);
        return json;
    }

    private static Map<String, Object> json(Connection connection) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", connection.name());
        fields.put("state", connection.state());
        fields.put("up", connection.up());
        connection.suspect().ifPresent(suspect -> {
            fields.put("suspectSeconds", suspect.since().toMillis() / 1e3);
            fields.put("withdrawn", suspect.withdrawn());
        });
        fields.put("interface", connection.interfaceName());
        connection.local().ifPresent(address -> fields.put("local", address.getHostAddress()));
        fields.put("localId", connection.localId());
        connection.remote().ifPresent(address -> fields.put("remote", address.getHostAddress()));
        fields.put("remoteId", connection.remoteId());
        fields.put("localSubnet", connection.localSubnet());
        fields.put("remoteSubnet", connection.remoteSubnet());
        fields.put("packetsIn", connection.inbound().values().stream().mapToLong(Traffic::packets).sum());
        fields.put("packetsOut", connection.outbound().values().stream().mapToLong(Traffic::packets).sum());
        fields.put("outboundDrops", names(connection.outboundDrops()));
        connection.ike().ifPresent(ike -> {
            fields.put("ikeSas", ike.ikeSas().stream().map(StatusView::json).toList());
            fields.put("children", ike.children().stream().map(child -> json(connection, child)).toList());
            ike.lastFailure().ifPresent(cause -> fields.put("lastFailure", cause));
        });
        return fields;
    }

    private static Map<String, Object> json(IkeStatus.Ike sa) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("initiatorCookie", sa.initiatorCookie().toString());
        fields.put("responderCookie", sa.responderCookie().toString());
        fields.put("established", sa.established());
        fields.put("initiator", sa.initiator());
        fields.put("proposal", sa.proposal());
        fields.put("path", sa.path().toString());
        fields.put("localNat", sa.localNat());
        fields.put("remoteNat", sa.remoteNat());
        sa.peer().ifPresent(peer -> {
            fields.put("peer", peer.identity().toString());
            fields.put("authenticatedBy", peer.by());
        });
        return fields;
    }

    private static Map<String, Object> json(Connection connection, IkeStatus.Child child) {
        var in = connection.inbound().getOrDefault(child.inbound().value(), Traffic.NONE);
        var out = connection.outbound().getOrDefault(child.outbound().value(), Traffic.NONE);
        var fields = new LinkedHashMap<String, Object>();
        fields.put("suite", child.suite());
        fields.put("local", child.local());
        fields.put("remote", child.remote());
        fields.put("udpEncapsulated", child.udpEncapsulated());
        fields.put("current", child.current());
        fields.put("inbound", json(child.inbound(), in));
        fields.put("outbound", json(child.outbound(), out));
        return fields;
    }

    private static Map<String, Object> json(Spi spi, Traffic traffic) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("spi", spi.toString());
        fields.put("packets", traffic.packets());
        fields.put("bytes", traffic.bytes());
        fields.put("drops", names(traffic.drops()));
        return fields;
    }
}
