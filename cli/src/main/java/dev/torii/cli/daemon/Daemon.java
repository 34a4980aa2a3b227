package dev.torii.cli.daemon;

import dev.torii.bgp.BgpConfig;
import dev.torii.cli.config.SiteConfig;
import dev.torii.cli.config.TunnelConfig;
import dev.torii.cli.config.Warning;
import dev.torii.cli.rib.FibSync;
import dev.torii.cli.rib.HostNetwork;
import dev.torii.cli.rib.OwnedRoutes;
import dev.torii.esp.AeadProvider;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.LinuxLinks;
import dev.torii.tun.LinuxRoutes;
import dev.torii.tun.LinuxTun;
import dev.torii.tun.NetlinkSocket;
import dev.torii.tun.PathMtu;
import dev.torii.tun.Route;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The one place that knows every module. Wiring by hand, top to bottom, in the order things must start; stopped in the reverse order. */
public final class Daemon implements AutoCloseable {
    private static final Duration START_DEADLINE = Duration.ofSeconds(30);
    private static final Duration STOP_DEADLINE = Duration.ofSeconds(5);
    /** How long a path may have been narrower before it is noticed; until then the kernel refuses what does not fit. */
    private static final Duration MTU_LOOK = Duration.ofMillis(250);
    private static final int LOOSE = 2;

    private final Deque<AutoCloseable> started = new ArrayDeque<>();
    private final EventLog log = new EventLog(System::nanoTime);

    /**
     * How one daemon is told apart from another, and what only the command line can ask for.
     *
     * @param runDirectory for the control socket and the record of routes
     * @param keyLog       where to write every SA's keys, if anywhere
     * @param aeadProvider the security provider that seals and opens, "JDK" for the JDK's own
     */
    public record Options(Path runDirectory, Optional<Path> keyLog, String aeadProvider) {}

    private Daemon() {}

    /** Starts everything that {@code config} asks for; what was started is undone if something fails. */
    public static Daemon start(SiteConfig config, Options options) throws Exception {
        var daemon = new Daemon();
        try {
            daemon.wire(config, options);
            return daemon;
        } catch (Exception e) {
            daemon.close();
            throw e;
        }
    }

    private void wire(SiteConfig config, Options options) throws Exception {
        var ciphers = ciphers(options.aeadProvider());
        var crypto = new BouncyCastleCrypto(new SecureRandom());
        if (!config.tunnels().isEmpty()) WarmUp.begin(crypto, log);
        for (Warning warning : config.warnings()) log.warn("configuration", warning.toString());
        if (config.tunnels().isEmpty() && config.bgp().isEmpty() && config.staticRoutes().isEmpty()) log.warn("configuration", "there is none: nothing to do");
        var run = keep(RunDirectory.take(options.runDirectory()));
        keep(() -> config.tunnels().forEach(TunnelConfig::eraseSecrets));
        var keyLog = options.keyLog().isPresent() ? KeyLog.to(options.keyLog().get(), failure -> log.limited("key log", "key log", failure)) : KeyLog.NONE;
        options.keyLog().ifPresent(file -> log.warn("key log", "the keys of every SA are written to " + file + ": whoever reads it can read the traffic"));

        var netlink = keep(NetlinkSocket.open());
        var links = new LinuxLinks(netlink);
        var routes = new LinuxRoutes(netlink);
        var owned = OwnedRoutes.in(run.path());
        for (Route stale : FibSync.removeLeftovers(routes, owned)) log.info("routes", "removed " + stale + ", left by a daemon that was killed");

        for (String note : HostSettings.notes(config.tunnels().stream().anyMatch(TunnelConfig::carriesIpv6))) log.warn("host", note);

        var loop = keep(new ControlLoop(bug -> log.bug("control loop", bug)));
        var counters = new Counters();
        var sad = keep(new SaDatabase(ciphers));
        var tuns = new ArrayList<LinuxTun>();
        var tunnels = new ArrayList<Tunnel>();
        var host = HostNetwork.read(links, routes);
        var names = config.tunnels().stream().map(TunnelConfig::interfaceName).collect(Collectors.toSet());
        for (TunnelConfig tunnel : config.tunnels()) {
            var local = tunnel.local().or(() -> Underlay.defaultRouteSource(host, names, tunnel.overIpv6())).or(tunnel::remote);
            var tun = keep(LinuxTun.open(tunnel.interfaceName(), tunnel.mtu().orElseGet(() -> Underlay.tunnelMtu(host, local, tunnel.espProposals(), tunnel.carriesIpv6()))));
            prepare(tun, tunnel, links);
            tuns.add(tun);
            tunnels.add(new Tunnel(tunnels.size(), tunnel, tun));
        }
        var packets = keep(new PacketThreads(sad, tuns, tunnels.stream().map(Tunnel::path).toList()));
        var fib = new FibSync(routes, owned, names::contains, log::warn);
        var routing = new Routing(loop, config, tunnels, fib, log, counters);
        keep(() -> onLoop(loop, routing::close));
        var alternatives = Alternatives.of(config.tunnels(), config.staticRoutes(), config.bgp().map(BgpConfig::peers).orElse(List.of()));
        var fate = new FateSharing(loop, tunnels, alternatives, sad, routing, log, System::nanoTime);
        var connections = new Connections(loop, packets, sad, crypto, keyLog, log, counters, tunnels, fate);
        keep(() -> onLoop(loop, connections::close));
        keep(packets::stopOutbound);                                    // nobody may send on a socket that is being closed
        keep(() -> farewell(loop, routing, connections));

        var mtus = new TunnelMtus(links, sad, new PathMtu()::of, packets::poll, System::nanoTime, log);
        Runnable look = () -> {
            lookAtNetwork(links, routes, routing, connections);
            mtus.look(tunnels);
        };
        keep(new NetworkWatch(loop, log, look));
        onLoop(loop, look::run);
        loop.every(MTU_LOOK, () -> mtus.lookAtSome(tunnels));
        Optional<IOException> cannotListen = loop.call(connections::cannotListen, START_DEADLINE);
        if (cannotListen.isPresent()) throw cannotListen.get();
        keep(ControlSocket.listen(run.path(), new Answers(loop, connections, routing, packets, sad, counters)));
        new SdNotify(loop.eventLoop(), Optional.ofNullable(System.getenv("NOTIFY_SOCKET"))).send("READY=1");
    }

    /** A provider that does its arithmetic wrong stops the start, not a packet. */
    private AeadProvider ciphers(String name) throws GeneralSecurityException {
        var provider = AeadProvider.named(name);
        if (provider != AeadProvider.JDK) log.info("ESP", provider.algorithms() + " by " + provider + ", which has passed the self-test");
        return provider;
    }

    /** The interface as it stays until the end: nothing of ours may depend on whether an SA is up. */
    private static void prepare(LinuxTun tun, TunnelConfig config, LinuxLinks links) throws IOException {
        links.setReversePathFilter(tun.index(), LOOSE);                 // answers may come back through the other tunnel
        links.disableLinkLocal(tun.index());
        if (config.innerAddress().isPresent()) {
            var inner = config.innerAddress().get();
            links.addAddress(InterfaceAddress.of(tun.index(), inner.address(), inner.prefixLength()));
        }
        links.setUp(tun.index(), true);
    }

    private void lookAtNetwork(LinuxLinks links, LinuxRoutes routes, Routing routing, Connections connections) {
        try {
            var host = HostNetwork.read(links, routes);
            routing.network(host);
            connections.network(host);
        } catch (IOException e) {
            log.warn("network", "cannot read the host's network: " + e.getMessage());
        }
    }

    /** Cease to the BGP neighbours while there are still tunnels to carry it, then Delete to the IPsec peers. */
    private static void farewell(ControlLoop loop, Routing routing, Connections connections) throws InterruptedException {
        var said = new CountDownLatch(1);
        loop.run(() -> routing.stopBgp(() -> connections.stopAll(said::countDown)));
        said.await(STOP_DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void onLoop(ControlLoop loop, Runnable task) throws InterruptedException, TimeoutException {
        loop.call(() -> {
            task.run();
            return Boolean.TRUE;
        }, START_DEADLINE);
    }

    private <T extends AutoCloseable> T keep(T part) {
        started.push(part);
        return part;
    }

    /** Stops everything in the reverse order; one failure stops nothing. */
    @Override public void close() throws IOException {
        IOException failures = null;
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                if (failures == null) failures = new IOException(e.getMessage(), e);
                else failures.addSuppressed(e);
            }
        }
        if (failures != null) throw failures;
    }
}
