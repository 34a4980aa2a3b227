package dev.torii.bgp;

import dev.torii.bgp.rib.AdjRibIn;
import dev.torii.bgp.rib.AdjRibOut;
import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.rib.StaleRoutes;
import java.net.InetAddress;

/** The Adj-RIBs of one established session. */
final class PeerTables {
    final PeerConfig config;
    final boolean external;
    final InetAddress local;
    final RouteSource source;
    final Negotiated negotiated;
    final AdjRibIn in;
    final StaleRoutes stale;
    final AdjRibOut out = new AdjRibOut();

    PeerTables(PeerConfig config, boolean external, InetAddress local, RouteSource source, Negotiated negotiated) {
        this(config, external, local, source, negotiated, new AdjRibIn(config.ipv4Unicast().softReconfigurationInbound()), new StaleRoutes());
    }

    /** Of a peer that was there before: what it has announced then is still {@link StaleRoutes stale}. */
    PeerTables(PeerConfig config, boolean external, InetAddress local, RouteSource source, Negotiated negotiated, PeerTables before) {
        this(config, external, local, source, negotiated, before.in, before.stale);
    }

    private PeerTables(PeerConfig config, boolean external, InetAddress local, RouteSource source, Negotiated negotiated, AdjRibIn in, StaleRoutes stale) {
        this.config = config;
        this.external = external;
        this.local = local;
        this.source = source;
        this.negotiated = negotiated;
        this.in = in;
        this.stale = stale;
    }
}
