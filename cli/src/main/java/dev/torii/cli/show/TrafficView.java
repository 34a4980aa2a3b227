package dev.torii.cli.show;

import dev.torii.esp.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code torii traffic}: what each tunnel has carried and dropped since the start, and each of its SAs.
 *
 * @param elsewhere what arrived as ESP and was dropped for a reason that is no tunnel's, such as an unknown SPI
 */
public record TrafficView(List<Tunnel> tunnels, Map<Verdict, Long> elsewhere) implements View {
    /** Dummies and probes are expected; what was replayed has a column of its own. */
    private static final Set<Verdict> NO_ERROR = EnumSet.of(Verdict.REPLAYED, Verdict.DUMMY, Verdict.PROBE);
    private static final String COLUMNS = "%-8s  %-3s  %-24s %12s %16s %8s %8s  %s";

    /** One connection: its totals, which outlive the SAs, and the SAs it has now. */
    public record Tunnel(String name, String interfaceName, Carried in, Carried out, List<Sa> sas) {}

    /** One SA; {@code suite} in the words of ipsec.conf. */
    public record Sa(boolean inbound, String spi, String suite, Carried carried) {}

    /** Inner packets and their bytes; what was dropped; how long ago the last packet was carried. */
    public record Carried(long packets, long bytes, Map<Verdict, Long> drops, Optional<Duration> idle) {
        private long replayed() {
            return drops.getOrDefault(Verdict.REPLAYED, 0L);
        }

        private long errors() {
            return drops.entrySet().stream().filter(drop -> !NO_ERROR.contains(drop.getKey())).mapToLong(Map.Entry::getValue).sum();
        }
    }

    @Override public String text() {
        int width = Math.max("Tunnel".length(), tunnels.stream().mapToInt(tunnel -> tunnel.name().length()).max().orElse(0));
        var lines = new ArrayList<String>();
        lines.add(line(width, "Tunnel", COLUMNS.formatted("SPI", "Dir", "Suite", "Packets", "Bytes", "Replay", "Errors", "Last use")));
        for (Tunnel tunnel : tunnels) {
            lines.add(line(width, tunnel.name(), row("total", true, tunnel.interfaceName(), tunnel.in())));
            for (Sa sa : tunnel.sas()) if (sa.inbound()) lines.add(line(width, "", row(sa.spi(), true, sa.suite(), sa.carried())));
            lines.add(line(width, "", row("total", false, tunnel.interfaceName(), tunnel.out())));
            for (Sa sa : tunnel.sas()) if (!sa.inbound()) lines.add(line(width, "", row(sa.spi(), false, sa.suite(), sa.carried())));
            if (!tunnel.in().drops().isEmpty()) lines.add(line(width, "", "dropped in: " + words(tunnel.in().drops())));
            if (!tunnel.out().drops().isEmpty()) lines.add(line(width, "", "dropped out: " + words(tunnel.out().drops())));
        }
        if (!elsewhere.isEmpty()) lines.add("dropped before any tunnel: " + words(elsewhere));
        return String.join("\n", lines) + "\n";
    }

    private static String line(int width, String tunnel, String rest) {
        return ("%-" + width + "s  %s").formatted(tunnel, rest).stripTrailing();
    }

    private static String row(String spi, boolean inbound, String suite, Carried carried) {
        return COLUMNS.formatted(spi, inbound ? "in" : "out", suite, carried.packets(), carried.bytes(), carried.replayed(), carried.errors(),
                carried.idle().map(Uptime::format).orElse("never"));
    }

    private static String words(Map<Verdict, Long> drops) {
        return names(drops).entrySet().stream().map(drop -> drop.getKey() + " " + drop.getValue()).collect(Collectors.joining(", "));
    }

    private static Map<String, Long> names(Map<Verdict, Long> drops) {
        var named = new LinkedHashMap<String, Long>();
        drops.forEach((verdict, count) -> named.put(verdict.name().toLowerCase(Locale.ROOT), count));
        return named;
    }

    @Override public Object json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("tunnels", tunnels.stream().map(TrafficView::json).toList());
        json.put("droppedBeforeAnyTunnel", names(elsewhere));
        return json;
    }

    private static Map<String, Object> json(Tunnel tunnel) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("name", tunnel.name());
        fields.put("interface", tunnel.interfaceName());
        fields.put("in", json(tunnel.in()));
        fields.put("out", json(tunnel.out()));
        fields.put("sas", tunnel.sas().stream().map(sa -> {
            var of = new LinkedHashMap<String, Object>();
            of.put("spi", sa.spi());
            of.put("direction", sa.inbound() ? "in" : "out");
            of.put("suite", sa.suite());
            of.putAll(json(sa.carried()));
            return of;
        }).toList());
        return fields;
    }

    private static Map<String, Object> json(Carried carried) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("packets", carried.packets());
        fields.put("bytes", carried.bytes());
        fields.put("replayed", carried.replayed());
        fields.put("errors", carried.errors());
        fields.put("drops", names(carried.drops()));
        carried.idle().ifPresent(idle -> fields.put("idleMillis", idle.toMillis()));
        return fields;
    }
}
