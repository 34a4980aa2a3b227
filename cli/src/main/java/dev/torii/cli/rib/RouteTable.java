package dev.torii.cli.rib;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.rib.RibEntry.Hop;
import dev.torii.cli.rib.RibEntry.Source;
import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.Link;
import dev.torii.tun.NextHop;
import dev.torii.tun.Route;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Decides which route is in use for each prefix: the one with the lowest administrative distance whose next hops can be reached. A pure table: it is told of
 * the host's network, the configuration, the tunnels and BGP, and answers what changed. Owned by the control loop.
 *
 * <p>A tunnel that is down has no next hops: its interface stays, but nothing is resolved over it. What a tunnel's state touches is a handful of prefixes, so
 * a thousand tunnels that come up cost a thousand times that, not a million times.
 */
public final class RouteTable {
    private static final Comparator<RibEntry> PREFERENCE =
            Comparator.comparingInt(RibEntry::distance).thenComparing(RibEntry::source).thenComparingLong(RibEntry::metric);

    private final LongSupplier nanoTime;
    /** By distance: a further one is used when no nearer one can be. */
    final Map<Prefix, NavigableMap<Integer, List<StaticHop>>> statics = new LinkedHashMap<>();
    private final Map<Prefix, Set<String>> tunnelRoutes = new LinkedHashMap<>();
    private final Set<InetAddress> gateways = new LinkedHashSet<>();
    final Map<Prefix, Learnt> learnt = new HashMap<>();
    private final Set<String> tunnels = new HashSet<>();
    private final Set<String> tunnelsUp = new HashSet<>();
    private final Set<String> tunnelsGuarded = new HashSet<>();
    private final Set<String> tunnelsDoubtful = new HashSet<>();
    final TreeMap<Prefix, RibEntry> selected = new TreeMap<>();
    private final Set<Prefix> changedLearnt = new LinkedHashSet<>();
    private final Set<String> changedTunnels = new LinkedHashSet<>();
    private HostNetwork host = HostNetwork.NONE;
    private Predicate<Route> ours = route -> false;
    Candidates candidates = new Candidates();
    /** What is there without static routes. */
    private final Map<Prefix, RibEntry> firm = new HashMap<>();
    /** What is there without BGP: next hops of static and of learnt routes are resolved over it. */
    final Map<Prefix, RibEntry> base = new HashMap<>();
    /** What learnt next hops are resolved to in this update: a thousand routes share a few. */
    private final Map<Learnt, List<Hop>> resolved = new HashMap<>();
    private Set<Prefix> overridden = Set.of();
    private boolean baseChanged = true;
    private long generation;
    private int externalDistance = Source.BGP.distance();
    private int internalDistance = 200;

    /** After whatever else leads to the same prefix; before any wider route. */
    private static final int LAST_RESORT = 254;
    /** A route of this distance is never used, as in FRR. */
    private static final int UNUSABLE = 255;
    /** How long a chain of static routes over static routes may be. */
    private static final int MOST_ROUNDS = 8;

    /** Where a configured static route leads: a gateway, an interface, both; neither drops. */
    public record StaticHop(Optional<InetAddress> gateway, Optional<String> interfaceName) {}

    /** What competes for each prefix, and which prefixes a tunnel's state touches: follows from the host's network and the configuration. */
    static final class Candidates {
        final Map<String, Link> byName = new HashMap<>();
        final Map<Integer, Link> byIndex = new HashMap<>();
        final Map<Prefix, List<InterfaceAddress>> connected = new HashMap<>();
        final Map<Prefix, List<Route>> kernel = new HashMap<>();
        final Map<Prefix, RibEntry> gateways = new HashMap<>();
        final Map<String, Set<Prefix>> byTunnel = new HashMap<>();

        void touches(String tunnel, Prefix prefix) {
            byTunnel.computeIfAbsent(tunnel, unseen -> new LinkedHashSet<>()).add(prefix);
        }
    }

    record Learnt(List<InetAddress> nextHops, Map<InetAddress, InetAddress> onLink, boolean external) {}

    /** What {@link #update} found: entries that are new or different, and prefixes without a route now. */
    public record Changes(List<RibEntry> selected, List<RibEntry> gone) {
        /** Whether nothing changed. */
        public boolean isEmpty() {
            return selected.isEmpty() && gone.isEmpty();
        }
    }

    /** An empty table that dates its entries with {@code nanoTime}. */
    public RouteTable(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A configured static route; several for one prefix become one with several next hops, if they have the same distance. */
    public void addStatic(Prefix prefix, StaticHop hop, int distance) {
        statics.computeIfAbsent(prefix, unseen -> new TreeMap<>()).computeIfAbsent(distance, unseen -> new ArrayList<>()).add(hop);
        baseChanged = true;
    }

    /** The distances of learnt routes, 1 to 255; 20 and 200 unless this is called. */
    public void bgpDistances(int external, int internal) {
        externalDistance = external;
        internalDistance = internal;
    }

    /** A tunnel's interface, down until {@link #tunnelUp}. Each of its {@code remoteSubnets} gets a route unless it is a default route. */
    public void addTunnel(String interfaceName, Collection<Prefix> remoteSubnets) {
        tunnels.add(interfaceName);
        for (Prefix subnet : remoteSubnets) {
            if (subnet.length() > 0) tunnelRoutes.computeIfAbsent(subnet, unseen -> new LinkedHashSet<>()).add(interfaceName);
        }
        baseChanged = true;
    }

    /** An IPsec peer whose outer packets must never enter a tunnel. */
    public void addGateway(InetAddress address) {
        gateways.add(address);
        baseChanged = true;
    }

    /** The tunnel carries traffic, or no longer. */
    public void tunnelUp(String interfaceName, boolean up) {
        if (up ? tunnelsUp.add(interfaceName) : tunnelsUp.remove(interfaceName)) changedTunnels.add(interfaceName);
    }

    /** The tunnel is up and may be dead all the same: it is used only by prefixes that nothing else leads to. */
    public void tunnelDoubtful(String interfaceName, boolean doubtful) {
        if (doubtful ? tunnelsDoubtful.add(interfaceName) : tunnelsDoubtful.remove(interfaceName)) changedTunnels.add(interfaceName);
    }

    /** While the tunnel is down, whether packets for its remote subnets are dropped, rather than take a wider route past it, in the clear. */
    public void tunnelGuarded(String interfaceName, boolean guarded) {
        if (guarded ? tunnelsGuarded.add(interfaceName) : tunnelsGuarded.remove(interfaceName)) changedTunnels.add(interfaceName);
    }

    /** What BGP chose for a prefix; without next hops it drops what matches. */
    public void learnt(Prefix prefix, List<InetAddress> nextHops, boolean external) {
        learnt(prefix, nextHops, Map.of(), external);
    }

    /** @param onLink next hops that have another address, a link-local one, to be used as gateway where they are on a connected subnet */
    public void learnt(Prefix prefix, List<InetAddress> nextHops, Map<InetAddress, InetAddress> onLink, boolean external) {
        learnt.put(prefix, new Learnt(List.copyOf(nextHops), Map.copyOf(onLink), external));
        changedLearnt.add(prefix);
    }

    /** BGP has no route to that prefix any more. */
    public void unlearnt(Prefix prefix) {
        learnt.remove(prefix);
        changedLearnt.add(prefix);
    }

    /** The host's network as it is now; {@code ours} tells the kernel routes we made from foreign ones. */
    public void network(HostNetwork now, Predicate<Route> oursAmongThem) {
        host = now;
        ours = oursAmongThem;
        baseChanged = true;
    }

    /** The route in use for exactly that prefix. */
    public Optional<RibEntry> exact(Prefix prefix) {
        return Optional.ofNullable(selected.get(prefix));
    }

    /** Every route in use, in the order of {@code show ip route}. */
    public List<RibEntry> entries() {
        return List.copyOf(selected.values());
    }

    /** How far it is to a BGP next hop: the metric of the route it is reached by; empty: there is none but perhaps a default route. */
    public OptionalLong cost(InetAddress nextHop) {
        if (resolve(nextHop, Optional.empty(), base).isEmpty()) return OptionalLong.empty();
        return OptionalLong.of(longestMatch(nextHop, base, entry -> true).orElseThrow().metric());
    }

    /** Rises with every change of what next hops are reached by. */
    public long generation() {
        return generation;
    }

    /** Every route that could be used, those in use first for each prefix: for people, put together when they ask. */
    public List<Candidate> candidates() {
        return new CandidateList(this).all();
    }

    /** Remote subnets of tunnels that are up to which somebody else's route leads: the packets do not enter the tunnel. The same object until that changes. */
    public Set<Prefix> overridden() {
        return overridden;
    }

    /** Decides anew what the calls since the last one touched. */
    public Changes update() {
        var changes = new Changes(new ArrayList<>(), new ArrayList<>());
        var prefixes = new LinkedHashSet<>(changedLearnt);
        if (baseChanged) {
            rebuild();
            prefixes.addAll(base.keySet());
            prefixes.addAll(selected.keySet());
            prefixes.addAll(learnt.keySet());
            prefixes.addAll(tunnelRoutes.keySet());
        } else if (!changedTunnels.isEmpty()) {
            for (String tunnel : changedTunnels) prefixes.addAll(candidates.byTunnel.getOrDefault(tunnel, Set.of()));
            refresh(prefixes);
            prefixes.addAll(statics.keySet());
            prefixes.addAll(learnt.keySet());
        }
        baseChanged = false;
        changedTunnels.clear();
        changedLearnt.clear();
        for (Prefix prefix : prefixes) select(prefix, changes);
        resolved.clear();
        lookForOverridden(prefixes);
        return changes;
    }

    private void lookForOverridden(Set<Prefix> prefixes) {
        var now = new LinkedHashSet<>(overridden);
        boolean changed = false;
        for (Prefix prefix : prefixes) {
            var entry = selected.get(prefix);
            boolean foreign = entry != null && (entry.source() == Source.KERNEL || entry.source() == Source.CONNECTED);
            boolean is = foreign && tunnelRoutes.getOrDefault(prefix, Set.of()).stream().anyMatch(tunnelsUp::contains);
            changed |= is ? now.add(prefix) : now.remove(prefix);
        }
        if (changed) overridden = Collections.unmodifiableSet(now);
    }

    private void select(Prefix prefix, Changes changes) {
        var best = base.get(prefix);
        var fromBgp = learnt.get(prefix);
        if (fromBgp != null && !isGateway(prefix)) {
            int distance = distance(fromBgp);
            if (distance != UNUSABLE && (best == null || distance < best.distance() || doubtful(best))) {
                var hops = resolved.computeIfAbsent(fromBgp, this::resolve);
                var learntRoute = new RibEntry(prefix, Source.BGP, distance, 0, hops, 0);
                if (!hops.isEmpty() || fromBgp.nextHops().isEmpty()) best = best == null ? learntRoute : preferred(best, learntRoute);
            }
        }
        var before = selected.get(prefix);
        if (best == null) {
            if (before == null) return;
            selected.remove(prefix);
            changes.gone().add(before);
        } else if (before == null || !best.sameRoute(before)) {
            var entry = best.since(nanoTime.getAsLong());
            selected.put(prefix, entry);
            changes.selected().add(entry);
        }
    }

    int distance(Learnt route) {
        return route.external() ? externalDistance : internalDistance;
    }

    /** A learnt host route to an IPsec peer would lead that peer's outer packets into a tunnel. */
    boolean isGateway(Prefix prefix) {
        return prefix.length() == (prefix.ipv6() ? 128 : 32) && gateways.contains(prefix.address());
    }

    private void rebuild() {
        candidates = new Candidates();
        for (Link link : host.links()) {
            candidates.byName.put(link.name(), link);
            candidates.byIndex.put(link.index(), link);
        }
        var underlay = new HashMap<Prefix, RibEntry>();
        for (InterfaceAddress address : host.addresses()) {
            var prefix = Prefix.of(address.peer().orElse(address.address()), address.prefixLength());
            candidates.connected.computeIfAbsent(prefix, unseen -> new ArrayList<>()).add(address);
            if (!touchesTunnel(address.interfaceIndex(), prefix)) connected(address).ifPresent(entry -> offer(underlay, entry));
        }
        for (Route route : host.routes()) {
            if (ours.test(route) || route.protocol() == Route.PROTOCOL_KERNEL || route.type() != Route.Type.UNICAST || route.table() != Route.TABLE_MAIN) continue;
            var prefix = Prefix.of(route.destination(), route.prefixLength());
            candidates.kernel.computeIfAbsent(prefix, unseen -> new ArrayList<>()).add(route);
            boolean overTunnel = false;
            for (NextHop hop : route.nextHops()) overTunnel |= touchesTunnel(hop.interfaceIndex(), prefix);
            if (!overTunnel) kernel(route).ifPresent(entry -> offer(underlay, entry));
        }
        for (InetAddress gateway : gateways) {
            var entry = gatewayRoute(gateway, underlay);
            candidates.gateways.put(entry.prefix(), entry);
        }
        tunnelRoutes.forEach((prefix, names) -> names.forEach(name -> candidates.touches(name, prefix)));
        var prefixes = new HashSet<>(candidates.connected.keySet());
        prefixes.addAll(candidates.kernel.keySet());
        prefixes.addAll(candidates.gateways.keySet());
        prefixes.addAll(tunnelRoutes.keySet());
        firm.clear();
        base.clear();
        refresh(prefixes);
    }

    private boolean touchesTunnel(int interfaceIndex, Prefix prefix) {
        var link = link(interfaceIndex).filter(found -> tunnels.contains(found.name()));
        link.ifPresent(tunnel -> candidates.touches(tunnel.name(), prefix));
        return link.isPresent();
    }

    /** Decides the base of these prefixes anew, and of every static route, which may be resolved over one of them or over another static route. */
    private void refresh(Set<Prefix> prefixes) {
        generation++;
        for (Prefix prefix : prefixes) {
            firm.remove(prefix);
            candidates.connected.getOrDefault(prefix, List.of()).forEach(address -> connected(address).ifPresent(entry -> offer(firm, entry)));
            candidates.kernel.getOrDefault(prefix, List.of()).forEach(route -> kernel(route).ifPresent(entry -> offer(firm, entry)));
            Optional.ofNullable(candidates.gateways.get(prefix)).ifPresent(entry -> offer(firm, entry));
            tunnelRoute(prefix).ifPresent(entry -> offer(firm, entry));
            copyToBase(prefix);
        }
        statics.keySet().forEach(this::copyToBase);
        boolean changed = true;
        for (int round = 0; changed && round < MOST_ROUNDS; round++) {              // one may be resolved over another
            changed = false;
            for (Prefix prefix : statics.keySet()) changed |= refreshStatic(prefix);
        }
    }

    /** Whether something else is in use for that prefix now. */
    private boolean refreshStatic(Prefix prefix) {
        var before = base.get(prefix);
        copyToBase(prefix);                                                         // a route is not resolved over itself
        var candidates = new ArrayList<RibEntry>();
        statics.get(prefix).forEach((distance, hops) -> {
            if (distance != UNUSABLE) staticRoute(prefix, hops, distance, base).ifPresent(candidates::add);
        });
        candidates.forEach(entry -> base.merge(prefix, entry, this::preferred));
        var now = base.get(prefix);
        return now == null ? before != null : before == null || !now.sameRoute(before);
    }

    private void copyToBase(Prefix prefix) {
        var entry = firm.get(prefix);
        if (entry == null) base.remove(prefix);
        else base.put(prefix, entry);
    }

    Optional<RibEntry> tunnelRoute(Prefix prefix) {
        var tunnelsFor = tunnelRoutes.getOrDefault(prefix, Set.of());
        var hops = tunnelsFor.stream().filter(tunnelsUp::contains).flatMap(name -> link(name).stream()).map(RouteTable::over).toList();
        if (!hops.isEmpty()) return Optional.of(new RibEntry(prefix, Source.TUNNEL, Source.TUNNEL.distance(), 0, withoutDoubtful(hops), 0));
        return tunnelsFor.stream().anyMatch(tunnelsGuarded::contains) ? Optional.of(new RibEntry(prefix, Source.TUNNEL, LAST_RESORT, 0, List.of(), 0)) : Optional.empty();
    }

    private Optional<Link> link(String name) {
        return Optional.ofNullable(candidates.byName.get(name));
    }

    private Optional<Link> link(int index) {
        return Optional.ofNullable(candidates.byIndex.get(index));
    }

    private static void offer(Map<Prefix, RibEntry> routes, RibEntry candidate) {
        routes.merge(candidate.prefix(), candidate, (known, other) -> PREFERENCE.compare(other, known) < 0 ? other : known);
    }

    Optional<RibEntry> connected(InterfaceAddress address) {
        return link(address.interfaceIndex())
                .filter(link -> link.up() && !link.loopback() && usable(link.name()))
                .map(link -> new RibEntry(Prefix.of(address.peer().orElse(address.address()), address.prefixLength()), Source.CONNECTED, 0, 0, List.of(over(link)), 0));
    }

    Optional<RibEntry> kernel(Route route) {
        var hops = new ArrayList<Hop>();
        for (NextHop hop : route.nextHops()) {
            link(hop.interfaceIndex()).filter(link -> usable(link.name())).ifPresent(link -> hops.add(new Hop(hop.gateway(), link.name(), link.index())));
        }
        if (hops.isEmpty()) return Optional.empty();
        return Optional.of(new RibEntry(Prefix.of(route.destination(), route.prefixLength()), Source.KERNEL, 0, route.metric(), hops, 0));
    }

    /** Where the host itself has no path to the peer, its packets are dropped: a learnt route that covers it would lead them into a tunnel. */
    private RibEntry gatewayRoute(InetAddress gateway, Map<Prefix, RibEntry> underlay) {
        var exact = Prefix.of(gateway, gateway.getAddress().length * 8);
        var path = longestMatch(gateway, underlay, entry -> true);
        return new RibEntry(exact, Source.GATEWAY, Source.GATEWAY.distance(), 0, path.map(RibEntry::hops).orElse(List.of()), 0);
    }

    Optional<RibEntry> staticRoute(Prefix prefix, List<StaticHop> wanted, int distance, Map<Prefix, RibEntry> resolvable) {
        var hops = new ArrayList<Hop>();
        boolean drops = false;
        for (StaticHop hop : wanted) {
            if (hop.gateway().filter(InetAddress::isLinkLocalAddress).isPresent() && hop.interfaceName().isPresent())      // is on every link: nothing to look up
                link(hop.interfaceName().get()).filter(link -> link.up() && usable(link.name())).ifPresent(link -> hops.add(new Hop(hop.gateway(), link.name(), link.index())));
            else if (hop.gateway().isPresent()) hops.addAll(resolve(hop.gateway().get(), hop.interfaceName(), resolvable));
            else if (hop.interfaceName().isPresent()) link(hop.interfaceName().get()).filter(link -> link.up() && usable(link.name())).ifPresent(link -> hops.add(over(link)));
            else drops = true;
        }
        return hops.isEmpty() && !drops ? Optional.empty() : Optional.of(new RibEntry(prefix, Source.STATIC, distance, 0, withoutDoubtful(hops), 0));
    }

    List<Hop> resolve(Learnt route) {
        var hops = new LinkedHashSet<Hop>();
        for (InetAddress nextHop : route.nextHops()) {
            var onLink = Optional.ofNullable(route.onLink().get(nextHop));
            for (Hop hop : resolve(nextHop, Optional.empty(), base))
                hops.add(onLink.isPresent() && hop.gateway().filter(nextHop::equals).isPresent() ? new Hop(onLink, hop.interfaceName(), hop.interfaceIndex()) : hop);
        }
        return withoutDoubtful(List.copyOf(hops));
    }

    /** A gateway on a connected subnet is reached directly, any other through the route that covers it; never through a default route, as in FRR. */
    static List<Hop> resolve(InetAddress gateway, Optional<String> interfaceName, Map<Prefix, RibEntry> routes) {
        var covering = longestMatch(gateway, routes, entry -> entry.prefix().length() > 0
                && (interfaceName.isEmpty() || entry.hops().stream().anyMatch(hop -> hop.interfaceName().equals(interfaceName.get()))));
        if (covering.isEmpty()) return List.of();
        return covering.get().hops().stream()
                .map(hop -> covering.get().source() == Source.CONNECTED ? new Hop(Optional.of(gateway), hop.interfaceName(), hop.interfaceIndex()) : hop)
                .toList();
    }

    private static Optional<RibEntry> longestMatch(InetAddress address, Map<Prefix, RibEntry> routes, Predicate<RibEntry> usable) {
        for (int length = address.getAddress().length * 8; length >= 0; length--) {
            var entry = routes.get(Prefix.of(address, length));
            if (entry != null && usable.test(entry)) return Optional.of(entry);
        }
        return Optional.empty();
    }

    /** All of them if nothing else is left, or nothing else in a tunnel: doubt leads nobody past the tunnels. */
    private List<Hop> withoutDoubtful(List<Hop> hops) {
        if (tunnelsDoubtful.isEmpty()) return hops;
        var trusted = hops.stream().filter(hop -> !doubtful(hop)).toList();
        return trusted.stream().anyMatch(hop -> tunnels.contains(hop.interfaceName())) ? trusted : hops;
    }

    private boolean doubtful(Hop hop) {
        return tunnelsDoubtful.contains(hop.interfaceName());
    }

    private RibEntry preferred(RibEntry known, RibEntry other) {
        if (doubtful(known) && trusted(other)) return other;
        return PREFERENCE.compare(other, known) < 0 && !(doubtful(other) && trusted(known)) ? other : known;
    }

    /** Whether it leads over tunnels that may be dead and nowhere else; what is not ours to install stays. */
    private boolean doubtful(RibEntry entry) {
        return !tunnelsDoubtful.isEmpty() && entry.source().installed() && !entry.hops().isEmpty() && entry.hops().stream().allMatch(this::doubtful);
    }

    private boolean trusted(RibEntry entry) {
        return entry.hops().stream().noneMatch(this::doubtful) && entry.hops().stream().anyMatch(hop -> tunnels.contains(hop.interfaceName()));
    }

    private boolean usable(String interfaceName) {
        return !tunnels.contains(interfaceName) || tunnelsUp.contains(interfaceName);
    }

    private static Hop over(Link link) {
        return new Hop(Optional.empty(), link.name(), link.index());
    }
}
