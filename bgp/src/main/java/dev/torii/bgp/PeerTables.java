package dev.torii.bgp;

import dev.torii.bgp.rib.AdjRibIn;
import dev.torii.bgp.rib.AdjRibOut;
import dev.torii.bgp.rib.RouteSource;
import java.net.InetAddress;

/** The Adj-RIBs of one established session. */
final class PeerTables {
    final PeerConfig config;
    final boolean external;
    final InetAddress local;
    final RouteSource source;
    final Negotiated negotiated;
    final AdjRibIn in;
    final AdjRibOut out = new AdjRibOut();

    PeerTables(PeerConfig config, boolean external, InetAddress local, RouteSource source, Negotiated negotiated) {
        this.config = config;
        this.external = external;
        this.local = local;
        this.source = source;
        this.negotiated = negotiated;
        this.in = new AdjRibIn(config.ipv4Unicast().softReconfigurationInbound());
    }
}
