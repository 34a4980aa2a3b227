package dev.torii.bgp;

import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.policy.RouteMap;
import dev.torii.bgp.wire.Prefix;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;

/** The article's addresses and configuration: 65000 with two peers of 31898. */
final class Fixtures {
    static final InetAddress CPE1 = ip("192.168.254.1"), HEAD1 = ip("192.168.254.2"), CPE2 = ip("192.168.254.5"), HEAD2 = ip("192.168.254.6");

    private Fixtures() {}

    static InetAddress ip(String text) { return Prefix.parse(text + (text.contains(":") ? "/128" : "/32")).address(); }

    static Inet4Address id(String text) { return (Inet4Address) ip(text); }

    static RouteMap.Entry permit(int seq, RouteMap.Match... matches) { return new RouteMap.Entry(seq, Action.PERMIT, List.of(matches), List.of()); }

    /** As bgpd.conf has it. */
    static BgpConfig articleCpe() {
        var family = FamilyConfig.builder().nextHopSelf(true).softReconfigurationInbound(true).in(FamilyConfig.Filters.NONE.withRouteMap("ALLOW-ALL"))
                .out(FamilyConfig.Filters.NONE.withRouteMap("BGP-ADVERTISE-OUT")).build();
        return BgpConfig.builder(65000).routerId(id("192.168.254.5"))
                .peer(PeerConfig.builder(HEAD1, 31898).ipv4Unicast(family).build())
                .peer(PeerConfig.builder(HEAD2, 31898).ipv4Unicast(family).build())
                .network(Prefix.parse("192.168.2.0/24")).network(Prefix.parse("192.168.3.0/24"))
                .prefixList(PrefixList.builder("BGP-OUT").add(Action.PERMIT, Prefix.parse("192.168.2.0/24")).add(Action.PERMIT, Prefix.parse("192.168.3.0/24")).build())
                .routeMap(new RouteMap("BGP-ADVERTISE-OUT", List.of(permit(10, new RouteMap.Match.PrefixListName("BGP-OUT")))))
                .routeMap(new RouteMap("ALLOW-ALL", List.of(permit(100)))).build();
    }

    static BgpConfig.Builder headEnd(InetAddress own, InetAddress cpe) {
        return BgpConfig.builder(31898).routerId((Inet4Address) own).ebgpRequiresPolicy(false).peer(PeerConfig.builder(cpe, 65000).build())
                .network(Prefix.parse("10.0.1.0/24")).network(Prefix.parse("10.0.2.0/24"));
    }

    /** An external peer that takes and gives everything. */
    static BgpConfig.Builder open(long as, InetAddress own, InetAddress peer, long peerAs) {
        return BgpConfig.builder(as).routerId((Inet4Address) own).ebgpRequiresPolicy(false).peer(PeerConfig.builder(peer, peerAs).build());
    }
}
