package dev.torii.cli.show;

import dev.torii.bgp.FamilyConfig;
import dev.torii.bgp.Negotiated;
import dev.torii.bgp.NeighborView;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.Summary;
import dev.torii.bgp.policy.PolicyLists;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AddressText;
import dev.torii.bgp.wire.CommunityKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** {@code show bgp neighbors [X]}, in FRR 8.4's lines: those for which there is something to say. */
public record BgpNeighborsView(Summary summary, PolicyLists lists, List<NeighborView> neighbors, BgpNotes notes) implements View {
    private static final List<String> KINDS = List.of("Opens", "Notifications", "Updates", "Keepalives", "Route Refresh", "Capability");

    @Override public String text() {
        var text = new StringBuilder();
        neighbors.forEach(neighbor -> text(text, neighbor));
        return text.toString();
    }

    private void text(StringBuilder text, NeighborView neighbor) {
        var config = neighbor.config();
        boolean external = isExternal(config);
        text.append("BGP neighbor is %s, remote AS %d, local AS %d%s, %s link\n".formatted(AddressText.of(config.address()), config.remoteAs(),
                localAs(config), config.localAs().map(own -> (own.noPrepend() ? " no-prepend" : "") + (own.replaceAs() ? " replace-as" : "")).orElse(""),
                external ? "external" : "internal"));
        config.description().ifPresent(description -> text.append(" Description: ").append(description).append('\n'));
        if (config.shutdown().isPresent()) text.append(" Administratively shut down\n");
        text.append("  BGP version 4, remote router ID ").append(neighbor.negotiated().map(n -> n.remoteId().getHostAddress()).orElse("0.0.0.0"))
                .append(", local router ID ").append(summary.routerId().getHostAddress()).append('\n');
        text.append("  BGP state = ").append(state(neighbor));
        if (neighbor.summary().established()) text.append(", up for ").append(neighbor.summary().upDown().map(Uptime::format).orElse("never"));
        text.append('\n');
        text.append("  Hold time is %d seconds, keepalive interval is %d seconds\n".formatted(hold(neighbor).toSeconds(), keepalive(neighbor).toSeconds()));
        text.append("  Configured hold time is %d seconds, keepalive interval is %d seconds\n".formatted(config.hold().toSeconds(),
                config.keepalive().toSeconds()));
        neighbor.negotiated().ifPresent(negotiated -> {
            text.append("  Neighbor capabilities:\n");
            text.append("    4 Byte AS: advertised").append(negotiated.fourOctetAs() ? " and received" : "").append('\n');
            text.append("    Route refresh: advertised").append(negotiated.routeRefresh() ? " and received(new)" : "").append('\n');
            text.append("    Enhanced Route Refresh: advertised").append(negotiated.enhancedRefresh() ? " and received" : "").append('\n');
            negotiated.families().forEach(family -> text.append("    Address Family ").append(family).append(": advertised and received\n"));
            if (config.gracefulRestart().helper()) gracefulRestart(text, negotiated);
        });
        text.append("  Message statistics:\n    Inq depth is 0\n    Outq depth is ").append(neighbor.summary().outQueue())
                .append("\n                         Sent       Rcvd\n");
        for (String kind : KINDS) text.append("    %-15s%10d %10d\n".formatted(kind + ":", count(neighbor.sent(), kind), count(neighbor.received(), kind)));
        text.append("    %-15s%10d %10d\n".formatted("Total:", neighbor.summary().messagesSent(), neighbor.summary().messagesReceived()));
        text.append("  Minimum time between advertisement runs is ").append(config.ipv4Unicast().advertisementInterval().toSeconds()).append(" seconds\n\n");
        neighbor.families().keySet().forEach(family -> family(text, neighbor, family));
        text.append("\n  Connections established ").append(neighbor.established()).append("; dropped ").append(neighbor.dropped()).append('\n');
        neighbor.lastReset().ifPresent(reason -> text.append("  Last reset: ").append(reason.text()).append('\n'));
        if (external && config.ttlSecurityHops().isEmpty()) {
            text.append("  External BGP neighbor may be up to ").append(config.ebgpMultihop()).append(" hops away.\n");
        }
        config.ttlSecurityHops().ifPresent(hops -> text.append("  External BGP neighbor may be up to ").append(hops).append(" hops away.\n"));
        neighbor.local().map(AddressText::of).ifPresent(local -> text.append("Local host: ").append(local).append("\nForeign host: ")
                .append(AddressText.of(config.address())).append("\nNexthop: ").append(local).append('\n'));
        text.append("BGP Connect Retry Timer in Seconds: ").append(config.connectRetry().toSeconds()).append('\n');
        if (config.password().isPresent()) text.append("Peer Authentication Enabled\n");
        for (BgpNotes.Note note : notes.about(config.address()).all()) text.append(note.text().substring(0, 1).toUpperCase(Locale.ROOT)).append(note.text().substring(1)).append('\n');
        text.append('\n');
    }

    private static void gracefulRestart(StringBuilder text, Negotiated negotiated) {
        text.append("    Graceful Restart Capability: advertised").append(negotiated.gracefulRestart().isPresent() ? " and received" : "").append('\n');
        negotiated.gracefulRestart().ifPresent(theirs -> {
            text.append("      Remote Restart timer is ").append(theirs.restartSeconds()).append(" seconds\n      Address families by peer:\n        ");
            text.append(theirs.families().isEmpty() ? "none" : theirs.families().stream()
                    .map(one -> one.family() + (one.forwarding() ? "(preserved)" : "(not preserved)")).collect(Collectors.joining(", "))).append('\n');
        });
    }

    private void family(StringBuilder text, NeighborView neighbor, AddressFamily of) {
        FamilyConfig family = neighbor.config().family(of);
        var summary = Objects.requireNonNull(neighbor.families().get(of));
        text.append(" For address family: ").append(of).append('\n');
        if (summary.established() && !summary.negotiated()) text.append("  Not part of any update group\n");
        if (family.softReconfigurationInbound()) text.append("  Inbound soft reconfiguration allowed\n");
        if (family.allowAsInOrigin()) text.append("  Local AS allowed as path origin\n");
        else if (family.allowAsIn() > 0) text.append("  Local AS allowed in path, ").append(family.allowAsIn()).append(" occurrences\n");
        if (family.asOverride()) text.append("  Override ASNs in outbound updates if aspath equals remote-as\n");
        if (family.nextHopSelf()) text.append("  NEXT_HOP is always this router\n");
        communities(family).ifPresent(kinds -> text.append("  Community attribute sent to this neighbor(").append(kinds).append(")\n"));
        family.defaultOriginate().ifPresent(wanted -> text.append("  Default information originate,")
                .append(wanted.routeMap().map(name -> " default route-map " + star(lists.routeMaps(), name) + ",").orElse("")).append(" default sent\n"));
        if (!family.in().isEmpty()) text.append("  Inbound path policy configured\n");
        if (!family.out().isEmpty()) text.append("  Outbound path policy configured\n");
        list(text, "  %s update prefix filter list is ", of.ipv6() ? lists.ipv6PrefixLists() : lists.prefixLists(), family.in().prefixList(), family.out().prefixList());
        list(text, "  %s update network filter list is ", of.ipv6() ? lists.ipv6AccessLists() : lists.accessLists(), family.in().distributeList(), family.out().distributeList());
        list(text, "  %s update AS path filter list is ", lists.asPathLists(), family.in().filterList(), family.out().filterList());
        family.in().routeMap().ifPresent(name -> text.append("  Route map for incoming advertisements is ").append(star(lists.routeMaps(), name)).append('\n'));
        family.out().routeMap().ifPresent(name -> text.append("  Route map for outgoing advertisements is ")
                .append(star(lists.routeMaps(), name)).append('\n'));
        if (summary.policyMissingIn()) text.append("  Inbound updates discarded due to missing policy\n");
        if (summary.policyMissingOut()) text.append("  Outbound updates discarded due to missing policy\n");
        text.append("  ").append(summary.prefixesReceived()).append(" accepted prefixes\n");
        family.maximumPrefixes().ifPresent(limit -> {
            text.append("  Maximum prefixes allowed ").append(limit.limit()).append(limit.warningOnly() ? " (warning-only)" : "").append('\n');
            text.append("  Threshold for warning message ").append(limit.thresholdPercent()).append('%');
            limit.restart().ifPresent(pause -> text.append(", restart interval ").append(pause.toMinutes()).append(" min"));
            text.append('\n');
        });
    }

    private static void list(StringBuilder text, String line, Map<String, ?> defined, Optional<String> in, Optional<String> out) {
        in.ifPresent(name -> text.append(line.formatted("Incoming")).append(star(defined, name)).append('\n'));
        out.ifPresent(name -> text.append(line.formatted("Outgoing")).append(star(defined, name)).append('\n'));
    }

    /** FRR marks the lists that are there. */
    private static String star(Map<String, ?> defined, String name) { return (defined.containsKey(name) ? "*" : "") + name; }

    private static Optional<String> communities(FamilyConfig family) {
        if (family.sendCommunity().size() == CommunityKind.values().length) return Optional.of("all");
        if (family.sendCommunity().contains(CommunityKind.LARGE)) return Optional.of("large");
        if (family.sendCommunity().contains(CommunityKind.EXTENDED)) return Optional.of("extended");
        return family.sendCommunity().contains(CommunityKind.STANDARD) ? Optional.of("standard") : Optional.empty();
    }

    private boolean isExternal(PeerConfig config) { return config.remoteAs() != summary.localAs(); }

    private long localAs(PeerConfig config) { return config.localAs().map(PeerConfig.LocalAs::as).orElse(summary.localAs()); }

    private static String state(NeighborView neighbor) {
        String state = neighbor.summary().state();
        return state.contains(" ") ? state.substring(0, state.indexOf(' ')) : state;                // what is in brackets is the summary's
    }

    private static Duration hold(NeighborView neighbor) { return neighbor.negotiated().map(Negotiated::holdTime).orElse(neighbor.config().hold()); }

    private static Duration keepalive(NeighborView neighbor) { return neighbor.negotiated().map(Negotiated::keepalive).orElse(neighbor.config().keepalive()); }

    private static long count(Map<String, Long> counts, String kind) {
        return counts.getOrDefault(switch (kind) {
            case "Opens" -> "open";
            case "Notifications" -> "notification";
            case "Updates" -> "update";
            case "Keepalives" -> "keepalive";
            case "Route Refresh" -> "route-refresh";
            default -> "capability";
        }, 0L);
    }

    @Override public Object json() {
        var all = new LinkedHashMap<String, Object>();
        for (NeighborView neighbor : neighbors) all.put(AddressText.of(neighbor.config().address()), json(neighbor));
        return all;
    }

    private Map<String, Object> json(NeighborView neighbor) {
        var config = neighbor.config();
        var fields = new LinkedHashMap<String, Object>();
        fields.put("remoteAs", config.remoteAs());
        fields.put("localAs", localAs(config));
        fields.put(isExternal(config) ? "nbrExternalLink" : "nbrInternalLink", true);
        config.description().ifPresent(description -> fields.put("nbrDesc", description));
        if (config.shutdown().isPresent()) fields.put("adminShutDown", true);
        fields.put("bgpVersion", 4);
        fields.put("remoteRouterId", neighbor.negotiated().map(n -> n.remoteId().getHostAddress()).orElse("0.0.0.0"));
        fields.put("localRouterId", summary.routerId().getHostAddress());
        fields.put("bgpState", state(neighbor));
        if (neighbor.summary().established()) {
            fields.put("bgpTimerUpMsec", neighbor.summary().upDown().map(Duration::toMillis).orElse(0L));
            fields.put("bgpTimerUpString", neighbor.summary().upDown().map(Uptime::format).orElse("never"));
        }
        fields.put("bgpTimerConfiguredHoldTimeMsecs", config.hold().toMillis());
        fields.put("bgpTimerConfiguredKeepAliveIntervalMsecs", config.keepalive().toMillis());
        fields.put("bgpTimerHoldTimeMsecs", hold(neighbor).toMillis());
        fields.put("bgpTimerKeepAliveIntervalMsecs", keepalive(neighbor).toMillis());
        var messages = new LinkedHashMap<String, Object>();
        messages.put("depthInq", 0);
        messages.put("depthOutq", neighbor.summary().outQueue());
        var kinds = Map.of("opens", "Opens", "notifications", "Notifications", "updates", "Updates", "keepalives", "Keepalives",
                "routeRefresh", "Route Refresh");
        kinds.forEach((field, kind) -> {
            messages.put(field + "Sent", count(neighbor.sent(), kind));
            messages.put(field + "Recv", count(neighbor.received(), kind));
        });
        messages.put("totalSent", neighbor.summary().messagesSent());
        messages.put("totalRecv", neighbor.summary().messagesReceived());
        fields.put("messageStats", messages);
        fields.put("minBtwnAdvertisementRunsTimerMsecs", config.ipv4Unicast().advertisementInterval().toMillis());
        var families = new LinkedHashMap<String, Object>();
        neighbor.families().keySet().forEach(family -> families.put(Families.word(family), familyJson(neighbor, family)));
        if (!families.isEmpty()) fields.put("addressFamilyInfo", families);
        fields.put("connectionsEstablished", neighbor.established());
        fields.put("connectionsDropped", neighbor.dropped());
        neighbor.lastReset().ifPresent(reason -> fields.put("lastResetDueTo", reason.text()));
        if (isExternal(config)) fields.put("externalBgpNbrMaxHopsAway", config.ttlSecurityHops().orElse(config.ebgpMultihop()));
        neighbor.local().map(AddressText::of).ifPresent(local -> {
            fields.put("hostLocal", local);
            fields.put("hostForeign", AddressText.of(config.address()));
            fields.put("nexthop", local);
        });
        fields.put("connectRetryTimer", config.connectRetry().toSeconds());
        if (config.password().isPresent()) fields.put("authenticationEnabled", 1);
        var said = notes.about(config.address()).all();
        if (!said.isEmpty()) fields.put("notes", said.stream().map(BgpNotes.Note::text).toList());
        return fields;
    }

    private static Map<String, Object> familyJson(NeighborView neighbor, AddressFamily of) {
        FamilyConfig family = neighbor.config().family(of);
        var summary = Objects.requireNonNull(neighbor.families().get(of));
        var fields = new LinkedHashMap<String, Object>();
        if (family.softReconfigurationInbound()) fields.put("inboundSoftConfigPermit", true);
        if (!family.in().isEmpty()) fields.put("inboundPathPolicyConfig", true);
        if (!family.out().isEmpty()) fields.put("outboundPathPolicyConfig", true);
        family.in().prefixList().ifPresent(name -> fields.put("incomingUpdatePrefixFilterList", name));
        family.out().prefixList().ifPresent(name -> fields.put("outgoingUpdatePrefixFilterList", name));
        family.in().routeMap().ifPresent(name -> fields.put("routeMapForIncomingAdvertisements", name));
        family.out().routeMap().ifPresent(name -> fields.put("routeMapForOutgoingAdvertisements", name));
        fields.put("acceptedPrefixCounter", summary.prefixesReceived());
        fields.put("sentPrefixCounter", summary.prefixesSent());
        family.maximumPrefixes().ifPresent(limit -> {
            fields.put("prefixAllowedMax", limit.limit());
            fields.put("prefixAllowedWarningThresh", limit.thresholdPercent());
        });
        return fields;
    }
}
