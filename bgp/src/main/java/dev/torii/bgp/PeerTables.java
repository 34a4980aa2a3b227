package dev.torii.bgp;

import dev.torii.bgp.rib.AdjRibIn;
import dev.torii.bgp.rib.AdjRibOut;
import dev.torii.bgp.rib.PrefixIndex;
import dev.torii.bgp.rib.Route;
import dev.torii.bgp.rib.RouteAttributes;
import dev.torii.bgp.rib.RouteSource;
import dev.torii.bgp.rib.StaleRoutes;
import dev.torii.bgp.wire.AddressFamily;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Adj-RIBs of one family of one established session. */
final class PeerTables {
    final PeerConfig config;
    final AddressFamily family;
    final FamilyConfig familyConfig;
    final boolean external;
    final LocalAddresses local;
    final RouteSource source;
    final Negotiated negotiated;
    final AdjRibIn in;
    final StaleRoutes stale;
    final AdjRibOut out;
    final boolean defaultOnCondition;
    /** Whether what comes in and what goes out is judged by the prefix, too, and not by the attributes alone. */
    final boolean inPerPrefix, outPerPrefix;
    /** What {@link Policy#exported} made of a route for any prefix: routes come in runs. Null: nothing. */
    @Nullable Route exportedFrom;
    @Nullable RouteAttributes exported;

    /** {@code before}: the tables of a peer that is back, whose routes are still {@link StaleRoutes stale}; null: it was not there. */
    PeerTables(PeerConfig config, AddressFamily family, boolean external, LocalAddresses local, RouteSource source, Negotiated negotiated,
            PrefixIndex index, Policy policy, @Nullable PeerTables before) {
        this.config = config;
        this.family = family;
        this.familyConfig = config.family(family);
        this.external = external;
        this.local = local;
        this.source = source;
        this.negotiated = negotiated;
        this.in = before == null ? new AdjRibIn(index, familyConfig.softReconfigurationInbound()) : before.in;
        this.stale = before == null ? new StaleRoutes() : before.stale;
        this.out = new AdjRibOut(index);
        this.defaultOnCondition = familyConfig.defaultOriginate().flatMap(FamilyConfig.DefaultOriginate::routeMap).isPresent();
        this.inPerPrefix = policy.perPrefix(familyConfig.in());
        this.outPerPrefix = policy.perPrefix(familyConfig.out());
    }

    /** Whether a route's next hop is ourselves. */
    boolean isOurs(InetAddress nextHop) { return local.nextHop(family).filter(nextHop::equals).isPresent() || local.linkLocal().filter(nextHop::equals).isPresent(); }

    /** The link-local address to announce beside our own next hop. */
    Optional<InetAddress> linkLocal() { return family.ipv6() ? local.linkLocal() : Optional.empty(); }
}
