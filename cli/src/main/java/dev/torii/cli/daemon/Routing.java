package dev.torii.cli.daemon;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.PeerEvent;
import dev.torii.bgp.Reason;
import dev.torii.bgp.RouteSink;
import dev.torii.bgp.Speaker;
import dev.torii.bgp.wire.AddressText;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.FrrVersion;
import dev.torii.cli.config.SiteConfig;
import dev.torii.cli.config.StaticRoute;
import dev.torii.cli.rib.FibSync;
import dev.torii.cli.rib.HostNetwork;
import dev.torii.cli.rib.RibEntry;
import dev.torii.cli.rib.RouteTable;
import dev.torii.cli.rib.RouteTable.StaticHop;
import dev.torii.cli.show.BgpNotes;
import dev.torii.cli.show.BgpSummaryView;
import dev.torii.tun.InterfaceAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Everything about routes: joins the tunnels' state, the static routes, BGP and the host's network in the one table, and keeps the kernel and BGP in step with
 * it. Fate sharing happens here: a tunnel that goes down takes its next hops and its BGP session along at once. On the control loop.
 */
final class Routing implements FateSharing.NextHopUse, AutoCloseable {
    private final RouteTable table = new RouteTable(System::nanoTime);
    private final FibSync fib;
    private final List<Tunnel> tunnels;
    private final EventLog log;
    private final Optional<BgpConfig> bgpConfig;
    private final BgpSummaryView.Columns columns;
    private final Optional<BgpDriver> bgpDriver;
    private final boolean bgpInKernel;
    private final Set<Prefix> announcedLocally = new HashSet<>();
    private Optional<Speaker> speaker = Optional.empty();
    private Optional<Redistribution> redistribution = Optional.empty();
    private HostNetwork host = HostNetwork.NONE;
    private final ControlLoop loop;
    private boolean updateScheduled;
    private long generation;
    private Set<Prefix> overridden = Set.of();

    Routing(ControlLoop loop, SiteConfig config, List<Tunnel> tunnels, FibSync fib, EventLog log, Counters counters) {
        this.loop = loop;
        this.fib = fib;
        this.tunnels = tunnels;
        this.log = log;
        for (StaticRoute route : config.staticRoutes()) table.addStatic(route.prefix(), new StaticHop(route.gateway(), route.interfaceName()), route.distance());
        config.bgp().map(BgpConfig::distances).ifPresent(distances -> table.bgpDistances(distances.external(), distances.internal()));
        for (Tunnel tunnel : tunnels) {
            table.addTunnel(tunnel.tun().name(), tunnel.config().remoteSubnets());
            table.tunnelUp(tunnel.tun().name(), tunnel.isOnDemand());
            table.tunnelGuarded(tunnel.tun().name(), tunnel.isWanted());
            tunnel.config().remote().ifPresent(table::addGateway);
        }
        this.bgpConfig = config.bgp();
        this.bgpInKernel = config.bgpInKernel();
        this.columns = config.frrVersion().filter(version -> version.atLeast(FrrVersion.WITH_DESCRIPTIONS)).isPresent() ? BgpSummaryView.Columns.SINCE_8_1
                : BgpSummaryView.Columns.UNTIL_8_0;
        this.bgpDriver = config.bgp().map(bgp -> new BgpDriver(loop, bgp.peers(), bgp.localAs(), this::localAddress, (peer, local) -> SessionAddresses.of(host, local, peer), log, counters));
    }

    RouteTable table() {
        return table;
    }

    /** What answers about BGP need besides it. */
    BgpAnswers.Surroundings aroundBgp(Speaker machine) {
        return new BgpAnswers.Surroundings(columns, () -> BgpNotes.of(machine.config(), machine.neighbors(), networksWithoutRoute(machine.config()), machine.unreachable()));
    }

    private List<Prefix> networksWithoutRoute(BgpConfig config) {
        return config.networks().stream().map(BgpConfig.Network::prefix).filter(prefix -> !announcedLocally.contains(prefix)).toList();
    }

    Optional<Speaker> speaker() {
        return speaker;
    }

    /** The host's network is this now. The first call starts BGP. */
    void network(HostNetwork now) {
        host = now;
        table.network(now, fib::isOurs);
        fib.repair(now);
        bgpDriver.ifPresent(BgpDriver::listen);                     // before dialling: two that start at once would refuse each other
        if (speaker.isEmpty()) bgpDriver.ifPresent(this::startBgp);
        update();
    }

    @Override public void withdrawn(Set<Tunnel> suspects) {
        for (Tunnel tunnel : tunnels) table.tunnelDoubtful(tunnel.tun().name(), suspects.contains(tunnel));
        update();                                            // before BGP looks at all its routes
        speaker.ifPresent(machine -> {
            for (Tunnel tunnel : tunnels) peersBehind(tunnel).forEach(peer -> machine.nextHopDoubtful(peer.address(), suspects.contains(tunnel)));
        });
        update();
    }

    @Override public void tunnelChanged(Tunnel tunnel) {
        boolean routed = tunnel.isUp() || tunnel.isOnDemand();
        table.tunnelUp(tunnel.tun().name(), routed);
        table.tunnelGuarded(tunnel.tun().name(), tunnel.isWanted());
        if (!routed) decide();                               // its next hops leave before anything else is done
        speaker.ifPresent(machine -> peersBehind(tunnel).forEach(peer -> machine.peerReachable(peer.address(), tunnel.isUp())));
        update();
    }

    private List<PeerConfig> peersBehind(Tunnel tunnel) {
        return bgpConfig.map(BgpConfig::peers).orElse(List.of()).stream().filter(peer -> tunnel.reaches(peer.address())).toList();
    }

    private void startBgp(BgpDriver driver) {
        var config = bgpConfig.orElseThrow();
        var routerId = config.routerId().or(this::highestAddress);
        if (routerId.isEmpty()) return;                             // no address at all yet: with the first one this is called again
        var machine = new Speaker(config.withRouterId(routerId.get()), driver, new LearntRoutes(), this::report, this::jitter, System::nanoTime);
        driver.drives(machine);
        speaker = Optional.of(machine);
        if (config.families().values().stream().anyMatch(family -> !family.redistributions().isEmpty())) redistribution = Optional.of(new Redistribution(machine, table.entries()));
        for (Tunnel tunnel : tunnels) peersBehind(tunnel).forEach(peer -> machine.peerReachable(peer.address(), tunnel.isUp()));
        machine.start();
    }

    /** RFC 4271, section 10: each interval between three quarters and the whole of what is configured. */
    private double jitter() {
        return RandomGenerator.getDefault().nextDouble(0.75, 1.0);
    }

    /** FRR's choice where no router-id is configured. */
    private Optional<Inet4Address> highestAddress() {
        return host.addresses().stream()
                .map(InterfaceAddress::address)
                .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
                .map(Inet4Address.class::cast)
                .max(Comparator.comparing(address -> Prefix.of(address, 32)));
    }

    /** Our end of a session: as configured, else our address on the subnet that the neighbour is on. */
    private Optional<InetAddress> localAddress(PeerConfig peer) {
        return peer.updateSource().filter(this::isOurs).or(() -> host.addresses().stream()
                .filter(own -> own.prefixLength() > 0 && Prefix.of(own.address(), own.prefixLength()).contains(peer.address()))
                .map(InterfaceAddress::address)
                .findFirst());
    }

    private boolean isOurs(InetAddress address) {
        return host.addresses().stream().anyMatch(own -> own.address().equals(address));
    }

    private void report(PeerEvent event) {
        String subject = "bgp " + AddressText.of(event.peer());
        switch (event) {
            case PeerEvent.Up up -> log.info(subject, up.text());
            case PeerEvent.Down down -> log.warn(subject, down.text());
            case PeerEvent.Failed failed when isCollision(failed.reason()) -> log.debug(subject, failed.text());
            case PeerEvent.Failed failed -> log.limited("bgp failed " + subject, subject, failed.text());
            case PeerEvent.ManyPrefixes many -> log.warn(subject, many.text());
            case PeerEvent.Restart restart -> log.info(subject, restart.text());
            case PeerEvent.MalformedUpdate malformed -> log.limited("bgp update " + subject, subject, malformed.text());
        }
    }

    /** Both ends dialled and one connection was given up: every start of a session may have one. */
    private static boolean isCollision(Reason reason) {
        return switch (reason) {
            case Reason.NotificationSent sent -> isCollision(sent.notification());
            case Reason.NotificationReceived received -> isCollision(received.notification());
            case Reason.ConnectionClosed closed -> false;
            case Reason.Replaced replaced -> false;
            case Reason.ConnectFailed failed -> false;
            case Reason.Unreachable unreachable -> false;
        };
    }

    private static boolean isCollision(NotificationMessage notification) {
        return notification.code() == Iana.CEASE && notification.subcode() == Iana.CEASE_COLLISION;
    }

    /** One pass for all that a burst of UPDATEs changed. */
    private void updateSoon() {
        if (updateScheduled) return;
        updateScheduled = true;
        loop.run(() -> {
            updateScheduled = false;
            update();
        });
    }

    private void update() {
        decide();
        speaker.ifPresent(this::trackNextHops);
        bgpConfig.ifPresent(config -> speaker.ifPresent(machine -> originate(config, machine)));
    }

    private void decide() {
        var changes = table.update();
        fib.apply(changes);
        reportOverridden();
        redistribution.ifPresent(redistributed -> redistributed.changed(changes));
    }

    /** Routes whose next hop cannot be reached are not chosen, and not announced either. */
    private void trackNextHops(Speaker machine) {
        if (generation == table.generation()) return;
        generation = table.generation();
        for (InetAddress nextHop : machine.nextHops()) machine.nextHop(nextHop, table.cost(nextHop));
    }

    private void reportOverridden() {
        var now = table.overridden();
        if (now == overridden) return;
        for (Prefix prefix : now) {
            if (!overridden.contains(prefix)) log.warn(prefix.toString(), "somebody else's route to this remote subnet is left alone: its packets do not enter the tunnel");
        }
        overridden = now;
    }

    /** {@code network} is announced only while the table has that very route from somewhere else than BGP, or without {@code import-check} always. */
    private void originate(BgpConfig config, Speaker machine) {
        for (var network : config.networks()) {
            var route = config.networkImportCheck() ? table.exact(network.prefix()).filter(entry -> entry.source() != RibEntry.Source.BGP && !entry.isGuard()).map(RibEntry::metric)
                    : Optional.of(0L);
            if (route.isPresent() && announcedLocally.add(network.prefix())) machine.localRoute(network.prefix(), route.get());
            else if (route.isEmpty() && announcedLocally.remove(network.prefix())) machine.localRouteGone(network.prefix());
        }
    }

    /** Tells the neighbours Cease; runs {@code then} when they have heard it. */
    void stopBgp(Runnable then) {
        if (speaker.isPresent()) bgpDriver.orElseThrow().stop(then);
        else then.run();
    }

    /** Takes every route of ours out of the kernel. */
    @Override public void close() {
        fib.close();
    }

    private final class LearntRoutes implements RouteSink {
        @Override public OptionalLong cost(InetAddress nextHop) {
            return table.cost(nextHop);
        }

        @Override public boolean takesRoutes() {
            return bgpInKernel;
        }

        @Override public void best(LearntRoute route) {
            var nextHops = new ArrayList<InetAddress>();
            var onLink = new HashMap<InetAddress, InetAddress>();
            for (NextHop hop : route.nextHops()) {
                boolean onlyOnLink = hop.address().isLinkLocalAddress();              // then it is where the peer is
                var address = onlyOnLink ? hop.peer() : hop.address();
                nextHops.add(address);
                hop.linkLocal().or(() -> Optional.of(hop.address()).filter(any -> onlyOnLink)).ifPresent(link -> onLink.put(address, link));
            }
            table.learnt(route.prefix(), nextHops, onLink, route.external());
            updateSoon();
        }

        @Override public void withdrawn(Prefix prefix) {
            table.unlearnt(prefix);
            updateSoon();
        }
    }
}
