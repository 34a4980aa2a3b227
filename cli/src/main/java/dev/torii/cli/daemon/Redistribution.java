package dev.torii.cli.daemon;

import dev.torii.bgp.BgpConfig.Redistributed;
import dev.torii.bgp.Speaker;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.rib.RibEntry;
import dev.torii.cli.rib.RouteTable;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** {@code redistribute}: tells BGP which routes of the host's table are in use. On the control loop. */
final class Redistribution {
    private static final Prefix LINK_LOCAL = Prefix.parse("fe80::/10");

    private final Speaker speaker;
    private final Set<Prefix> told = new HashSet<>();

    /** @param inUse what is in the table now */
    Redistribution(Speaker speaker, Collection<RibEntry> inUse) {
        this.speaker = speaker;
        inUse.forEach(this::selected);
    }

    void changed(RouteTable.Changes changes) {
        changes.selected().forEach(this::selected);
        changes.gone().forEach(entry -> gone(entry.prefix()));
    }

    private void selected(RibEntry entry) {
        var from = source(entry);
        if (from.isEmpty()) {
            gone(entry.prefix());
            return;
        }
        told.add(entry.prefix());
        Optional<InetAddress> gateway = entry.hops().stream().flatMap(hop -> hop.gateway().stream()).findFirst();
        speaker.redistribute(entry.prefix(), from.get(), entry.metric(), gateway);
    }

    private void gone(Prefix prefix) {
        if (told.remove(prefix)) speaker.redistributedGone(prefix);
    }

    /** A tunnel's remote subnet and the path to a gateway are nobody's business but ours. */
    private static Optional<Redistributed> source(RibEntry entry) {
        if (LINK_LOCAL.covers(entry.prefix())) return Optional.empty();                 // of one link only; FRR leaves it out, too
        return switch (entry.source()) {
            case STATIC -> Optional.of(Redistributed.STATIC);
            case CONNECTED -> Optional.of(Redistributed.CONNECTED);
            case KERNEL -> Optional.of(Redistributed.KERNEL);
            case GATEWAY, TUNNEL, BGP -> Optional.empty();
        };
    }
}
