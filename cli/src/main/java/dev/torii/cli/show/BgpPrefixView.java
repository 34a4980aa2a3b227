package dev.torii.cli.show;

import dev.torii.bgp.PrefixDetail;
import dev.torii.bgp.RibRow;
import dev.torii.bgp.Summary;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.wire.AddressText;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** {@code show bgp ipv4|ipv6 unicast PREFIX}, as FRR 8.4 prints it: every path with its attributes, and why the best is the best. */
public record BgpPrefixView(Summary summary, PrefixDetail detail) implements View {
    @Override public String text() {
        var text = new StringBuilder("BGP routing table entry for %s, version %d\n".formatted(detail.prefix(), summary.tableVersion()));
        text.append("Paths: (").append(detail.paths().size()).append(" available, ").append(detail.reason().isPresent() ? "best #1" : "no best path")
                .append(", table default")
                .append(detail.paths().stream().anyMatch(path -> path.row().suppressed()) ? ", Advertisements suppressed by an aggregate.)\n" : ")\n");
        if (detail.advertisedTo().isEmpty()) text.append("  Not advertised to any peer\n");
        else {
            text.append("  Advertised to non peer-group peers:\n ");
            for (InetAddress peer : detail.advertisedTo()) text.append(' ').append(AddressText.of(peer));
            text.append('\n');
        }
        for (PrefixDetail.Path path : detail.paths()) text(text, path);
        return text.toString();
    }

    private void text(StringBuilder text, PrefixDetail.Path path) {
        RibRow row = path.row();
        RouteAttributes attributes = path.attributes();
        boolean local = row.peer().isEmpty();
        text.append("  ").append(row.asPath().isEmpty() ? "Local" : row.asPath());
        for (PathAttribute attribute : attributes.others())
            if (attribute instanceof PathAttribute.Aggregator by) {
                text.append(", (aggregated by ").append(by.as()).append(' ').append(dotted(by.address())).append(')');
            }
        text.append("\n    ").append(AddressText.of(row.nextHop())).append(row.valid() ? "" : " (inaccessible)")
                .append(" from ").append(peer(row)).append(" (").append(path.routerId().getHostAddress()).append(")\n");
        row.linkLocal().ifPresent(address -> text.append("    (").append(AddressText.of(address)).append(row.valid() ? ") (used)\n" : ") (inaccessible)\n"));
        text.append("      Origin ").append(origin(row));
        row.metric().ifPresent(metric -> text.append(", metric ").append(metric));
        row.localPref().ifPresent(preference -> text.append(", localpref ").append(preference));
        if (row.weight() != 0) text.append(", weight ").append(row.weight());
        text.append(row.valid() ? ", valid" : ", invalid")
                .append(local ? path.aggregate() ? ", aggregated, local" : path.redistributed() ? ", sourced" : ", sourced, local"
                        : row.internal() ? ", internal" : ", external");
        if (attributes.others().stream().anyMatch(PathAttribute.AtomicAggregate.class::isInstance)) text.append(", atomic-aggregate");
        if (isMultipath(row)) text.append(", multipath");
        if (row.best()) text.append(", best (").append(reason()).append(')');
        text.append('\n');
        for (CommunityKind kind : CommunityKind.values()) {
            var communities = attributes.communities(kind);
            if (!communities.isEmpty()) text.append("      ").append(heading(kind)).append(": ").append(communities).append('\n');
        }
        attributes.originatorId().ifPresent(id -> text.append("      Originator: ").append(dotted(id)).append('\n'));
    }

    /** FRR's words for ourselves: the unspecified address. */
    private static String peer(RibRow row) { return row.peer().map(AddressText::of).orElse(row.prefix().ipv6() ? "::" : "0.0.0.0"); }

    private static String heading(CommunityKind kind) {
        return switch (kind) {
            case STANDARD -> "Community";
            case EXTENDED -> "Extended Community";
            case LARGE -> "Large Community";
        };
    }

    /** FRR says it of the best path, too, if there are others. */
    private boolean isMultipath(RibRow row) { return row.multipath() || row.best() && detail.paths().stream().anyMatch(other -> other.row().multipath()); }

    private String reason() { return detail.reason().orElseThrow().text(); }

    private static String origin(RibRow row) {
        return switch (row.origin()) {
            case 'i' -> "IGP";
            case 'e' -> "EGP";
            default -> "incomplete";
        };
    }

    private static String dotted(int address) { return Prefix.ipv4(address, 32).address().getHostAddress(); }

    @Override public Object json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("prefix", detail.prefix().toString());
        fields.put("version", summary.tableVersion());
        if (!detail.advertisedTo().isEmpty()) {
            var peers = new LinkedHashMap<String, Object>();
            for (InetAddress peer : detail.advertisedTo()) peers.put(AddressText.of(peer), Map.of());
            fields.put("advertisedTo", peers);
        }
        fields.put("paths", detail.paths().stream().map(this::json).toList());
        return fields;
    }

    private Map<String, Object> json(PrefixDetail.Path path) {
        RibRow row = path.row();
        RouteAttributes attributes = path.attributes();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("aspath", json(attributes.asPath()));
        for (PathAttribute attribute : attributes.others()) {
            if (!(attribute instanceof PathAttribute.Aggregator by)) continue;
            fields.put("aggregatorAs", by.as());
            fields.put("aggregatorId", dotted(by.address()));
        }
        fields.put("origin", origin(row));
        row.metric().ifPresent(metric -> fields.put("metric", metric));
        row.localPref().ifPresent(preference -> fields.put("locPrf", preference));
        if (row.weight() != 0) fields.put("weight", row.weight());
        if (row.valid()) fields.put("valid", true);
        if (row.peer().isEmpty()) {
            fields.put(path.aggregate() ? "aggregated" : "sourced", true);
            if (!path.redistributed()) fields.put("local", true);
        }
        if (attributes.others().stream().anyMatch(PathAttribute.AtomicAggregate.class::isInstance)) fields.put("atomicAggregate", true);
        if (isMultipath(row)) fields.put("multipath", true);
        if (row.best()) {
            var best = new LinkedHashMap<String, Object>();
            best.put("overall", true);
            best.put("selectionReason", reason());
            fields.put("bestpath", best);
        }
        for (CommunityKind kind : CommunityKind.values()) {
            var communities = attributes.communities(kind);
            if (communities.isEmpty()) continue;
            var list = new LinkedHashMap<String, Object>();
            list.put("string", communities.toString());
            if (kind != CommunityKind.EXTENDED) list.put("list", communities.texts());
            fields.put(kind == CommunityKind.STANDARD ? "community" : kind == CommunityKind.EXTENDED ? "extendedCommunity" : "largeCommunity", list);
        }
        attributes.originatorId().ifPresent(id -> fields.put("originatorId", dotted(id)));
        fields.put("nexthops", Families.nextHops(row.nextHop(), row.linkLocal(), Optional.of(row.valid())));
        var peer = new LinkedHashMap<String, Object>();
        peer.put("peerId", peer(row));
        peer.put("routerId", path.routerId().getHostAddress());
        if (row.peer().isPresent()) peer.put("type", row.internal() ? "internal" : "external");
        fields.put("peer", peer);
        return fields;
    }

    private static Map<String, Object> json(AsPath path) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("string", path.segments().isEmpty() ? "Local" : path.toString());
        var segments = new ArrayList<Object>();
        for (AsPath.Segment segment : path.segments()) {
            var one = new LinkedHashMap<String, Object>();
            one.put("type", switch (segment.kind()) {
                case SEQUENCE -> "as-sequence";
                case SET -> "as-set";
                case CONFED_SEQUENCE -> "as-confed-sequence";
                case CONFED_SET -> "as-confed-set";
            });
            one.put("list", segment.asNumbers());
            segments.add(one);
        }
        fields.put("segments", segments);
        fields.put("length", path.length());
        return fields;
    }
}
