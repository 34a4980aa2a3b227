package dev.torii.cli.show;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.FamilyConfig;
import dev.torii.bgp.NeighborView;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.Reason;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Why routes do not pass although everything seems to be configured: what stands below FRR's columns, one sentence each; none if there is nothing to say.
 *
 * @param all in the order in which they are shown
 */
public record BgpNotes(List<Note> all) {
    /** Nothing to say. */
    public static final BgpNotes NONE = new BgpNotes(List.of());

    /** Oracle's AS, and that of Serbia Central. */
    private static final Set<Long> OCI = Set.of(31898L, 14544L);
    private static final int OCI_PREFIXES = 2000;

    public BgpNotes {
        all = List.copyOf(all);
    }

    /** One sentence, and whom it is about. */
    public record Note(Optional<InetAddress> neighbor, String text) {
        String line() {
            return neighbor.map(address -> address.getHostAddress() + ": ").orElse("") + text;
        }
    }

    /**
     * What there is to say of a speaker.
     *
     * @param withoutRoute networks that are configured and have no route
     * @param unreachable  next hops to which there is no route, and how many routes that concerns
     */
    public static BgpNotes of(BgpConfig config, List<NeighborView> neighbors, List<Prefix> withoutRoute, Map<InetAddress, Integer> unreachable) {
        var notes = new ArrayList<Note>();
        for (NeighborView neighbor : neighbors) {
            if (neighbor.config().shutdown().isPresent()) continue;
            for (String text : neighbor.summary().established() ? ofSession(config, neighbor, withoutRoute) : withoutSession(neighbor))
                notes.add(new Note(Optional.of(neighbor.config().address()), text));
        }
        for (Prefix network : withoutRoute) notes.add(new Note(Optional.empty(), "network " + network + " is not announced: there is no route to it; add ip route " + network
                + " GATEWAY, or no bgp network import-check"));
        unreachable.forEach((nextHop, count) -> notes.add(new Note(Optional.empty(), count + (count == 1 ? " route is" : " routes are") + " not used: there is no route to the next hop "
                + nextHop.getHostAddress())));
        return new BgpNotes(notes);
    }

    /** Those about one neighbour. */
    BgpNotes about(InetAddress neighbor) {
        return new BgpNotes(all.stream().filter(note -> note.neighbor().equals(Optional.of(neighbor))).toList());
    }

    List<String> lines() {
        return all.stream().map(Note::line).toList();
    }

    private static List<String> ofSession(BgpConfig config, NeighborView neighbor, List<Prefix> withoutRoute) {
        var texts = new ArrayList<String>();
        var peer = neighbor.config();
        var summary = neighbor.summary();
        String address = peer.address().getHostAddress();
        if (summary.policyMissingIn()) texts.add("no route is accepted from it: an external neighbor needs an inbound policy (RFC 8212); add neighbor " + address
                + " route-map NAME in, or no bgp ebgp-requires-policy");
        else if (summary.prefixesReceived() == 0) texts.add("no route of it is in the table: it has announced none" + (peer.ipv4Unicast().in().isEmpty() ? ""
                : ", or its inbound policy (" + filters(peer.ipv4Unicast().in()) + ") refuses them all"));
        if (summary.policyMissingOut()) texts.add("nothing is announced to it: an external neighbor needs an outbound policy (RFC 8212); add neighbor " + address
                + " route-map NAME out, or no bgp ebgp-requires-policy");
        else if (summary.prefixesSent() == 0) texts.add("nothing is announced to it: " + whyNothing(config, peer, withoutRoute));
        if (OCI.contains(peer.remoteAs()) && summary.prefixesSent() > OCI_PREFIXES)
            texts.add(summary.prefixesSent() + " prefixes are announced to it; OCI takes " + OCI_PREFIXES + " and ends a session with more");
        return texts;
    }

    private static String whyNothing(BgpConfig config, PeerConfig peer, List<Prefix> withoutRoute) {
        if (config.networks().isEmpty() && config.families().values().stream().allMatch(family -> family.redistributions().isEmpty())) return "no network and no redistribute is configured";
        if (config.families().values().stream().allMatch(family -> family.redistributions().isEmpty()) && withoutRoute.size() == config.networks().size()) return "there is no route to any configured network";
        return peer.ipv4Unicast().out().isEmpty() ? "there is no route of our own" : "its outbound policy (" + filters(peer.ipv4Unicast().out()) + ") permits none of our routes";
    }

    private static String filters(FamilyConfig.Filters filters) {
        var names = new ArrayList<String>();
        filters.distributeList().ifPresent(name -> names.add("distribute-list " + name));
        filters.prefixList().ifPresent(name -> names.add("prefix-list " + name));
        filters.filterList().ifPresent(name -> names.add("filter-list " + name));
        filters.routeMap().ifPresent(name -> names.add("route-map " + name));
        return String.join(", ", names);
    }

    private static List<String> withoutSession(NeighborView neighbor) {
        var texts = new ArrayList<String>();
        var peer = neighbor.config();
        if (!neighbor.reachable()) texts.add("its tunnel is down");
        if (OCI.contains(peer.remoteAs()) && peer.password().isPresent())
            texts.add("OCI does not support MD5 on Site-to-Site VPN: no session comes up while there is a neighbor " + peer.address().getHostAddress() + " password");
        boolean tooMany = neighbor.lastReset().filter(reason -> reason instanceof Reason.NotificationReceived received
                && received.notification().code() == Iana.CEASE && received.notification().subcode() == Iana.CEASE_MAXIMUM_PREFIXES).isPresent();
        if (tooMany) texts.add("it ended the session because more prefixes were announced to it than it takes" + (OCI.contains(peer.remoteAs()) ? "; OCI takes " + OCI_PREFIXES : ""));
        return texts;
    }
}
