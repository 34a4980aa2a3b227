package dev.torii.cli.daemon;

import dev.torii.cli.config.StartMode;
import dev.torii.cli.config.TunnelConfig;
import dev.torii.cli.rib.HostNetwork;
import dev.torii.esp.DatagramSink;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.Cookie;
import dev.torii.ike.Handover;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import dev.torii.ike.session.Candidates;
import dev.torii.ike.session.HalfOpens;
import dev.torii.tun.InterfaceAddress;
import dev.torii.tun.UdpSender;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Every connection's IKE: opens the sockets where a connection's local address is, follows {@code %defaultroute}, starts and stops, and tells the routing side
 * which tunnels are up. On the control loop.
 */
final class Connections implements AutoCloseable {
    private static final Duration TRAFFIC_LOOK = Duration.ofSeconds(1);
    /** How long the first packet for a connection with auto=ondemand may wait to be noticed. */
    private static final Duration DEMAND_LOOK = Duration.ofMillis(100);
    /** What a cookie is good for at least. */
    private static final Duration COOKIE_LIFE = Duration.ofMinutes(2);
    private static final Duration LISTEN_AGAIN = Duration.ofSeconds(5);
    private static final Object CANNOT_LISTEN = new Object();
    /** A packet thread may be sending the batch it had begun: the descriptor must not be another file's by then. */
    private static final Duration UNUSED_SOCKET = Duration.ofSeconds(1);

    private final ControlLoop loop;
    private final PacketThreads packets;
    private final SaDatabase sad;
    private final IkeCrypto crypto;
    private final KeyLog keyLog;
    private final EventLog log;
    private final Counters counters;
    private final List<Tunnel> tunnels;
    private final Set<String> interfaceNames;
    private final Map<InetAddress, UdpSockets> sockets = new HashMap<>();
    private final Map<SocketAndThread, UdpSender> senders = new LinkedHashMap<>();
    private final EspSockets espSockets;
    private final Map<Tunnel, ChildLimits> limits = new HashMap<>();
    private final Set<Tunnel> waiting = new HashSet<>();
    private final Set<Tunnel> cutOff = new HashSet<>();
    private final HalfOpens halfOpens;
    private final Starts<Tunnel> starts;
    private final IkeDispatcher dispatcher;
    private final Observer observer;
    private final Map<Tunnel, IOException> cannotListen = new LinkedHashMap<>();
    private HostNetwork host = HostNetwork.NONE;
    private Optional<Runnable> farewell = Optional.empty();
    private Set<InetAddress> ownAddresses = Set.of();

    private record SocketAndThread(UdpSockets socket, int thread) {}

    /** Who hears of the tunnels. */
    interface Observer {
        /** It came up or went down, or is to be up from now on, or no longer. */
        void changed(Tunnel tunnel);

        /** After {@link IkeDriver#ask}: its peer is there. */
        void answered(Tunnel tunnel);
    }

    Connections(ControlLoop loop, PacketThreads packets, SaDatabase sad, IkeCrypto crypto, KeyLog keyLog, EventLog log, Counters counters, List<Tunnel> tunnels,
            Observer observer) {
        this.loop = loop;
        this.packets = packets;
        this.sad = sad;
        this.crypto = crypto;
        this.keyLog = keyLog;
        this.log = log;
        this.counters = counters;
        this.tunnels = List.copyOf(tunnels);
        this.interfaceNames = tunnels.stream().map(tunnel -> tunnel.tun().name()).collect(Collectors.toUnmodifiableSet());
        this.observer = observer;
        this.starts = new Starts<>(loop);
        this.espSockets = new EspSockets(packets, log);
        for (Tunnel tunnel : tunnels) limits.put(tunnel, new ChildLimits(sad, tunnel.index(), tunnel.config().limits(), System::nanoTime));
        this.halfOpens = new HalfOpens(crypto);
        this.dispatcher = new IkeDispatcher(loop, counters, log, System::nanoTime, this::send);
        loop.every(TRAFFIC_LOOK, this::lookAtTraffic);
        if (tunnels.stream().anyMatch(Tunnel::isOnDemand)) loop.every(DEMAND_LOOK, this::lookForDemand);
        loop.every(COOKIE_LIFE, halfOpens.cookieSecret()::change);
    }

    List<Tunnel> tunnels() {
        return tunnels;
    }

    Optional<Tunnel> named(String name) {
        return tunnels.stream().filter(tunnel -> tunnel.config().name().equals(name)).findAny();
    }

    /** The host's network is this now: connections whose local address has come, gone or changed follow it; who waits tries at once when the way is back. */
    void network(HostNetwork now) {
        host = now;
        ownAddresses = host.addresses().stream().map(InterfaceAddress::address).collect(Collectors.toSet());
        followAddresses();
        var paths = Underlay.paths(host, interfaceNames);
        for (Tunnel tunnel : tunnels) {
            boolean leads = tunnel.config().remote().filter(remote -> !Underlay.leadsTo(paths, remote)).isEmpty();
            if (!leads) cutOff.add(tunnel);
            else if (cutOff.remove(tunnel)) tunnel.driver().ifPresent(driver -> starts.begin(tunnel, driver::networkReturned));
        }
    }

    private void followAddresses() {
        for (Tunnel tunnel : tunnels) {
            var address = localAddress(tunnel.config());
            if (address.isPresent() ? address.equals(tunnel.localAddress()) : waiting.contains(tunnel)) continue;
            if (tunnel.localAddress().isPresent()) detach(tunnel);
            waiting.remove(tunnel);
            address.ifPresentOrElse(found -> attach(tunnel, found), () -> awaitAddress(tunnel));
        }
    }

    private void awaitAddress(Tunnel tunnel) {
        waiting.add(tunnel);
        log.warn(tunnel.config().name(), "waits for " + tunnel.config().local().map(fixed -> "this host to have the address " + fixed.getHostAddress()).orElse("a default route"));
    }

    /** A fixed address counts only while the host has it: a socket cannot be bound to another. */
    private Optional<InetAddress> localAddress(TunnelConfig config) {
        if (config.local().isEmpty()) return Underlay.defaultRouteSource(host, interfaceNames, config.overIpv6());
        return config.local().filter(ownAddresses::contains);
    }

    private void attach(Tunnel tunnel, InetAddress address) {
        var config = tunnel.config();
        try {
            var socket = socket(address);
            if (!config.outerHeader().pathMtuDiscovery()) socket.espMayBeFragmented();
            var ike = config.toIkeConfig(address, espSockets.possible(config.encapsulation(), address));
            if (tunnel.isOnDemand()) sad.trap(tunnel.index(), SaInstaller.selectors(ike.localSelectors(), ike.remoteSelectors()));
            var driver = driver(tunnel, socket, ike, this::candidates);
            tunnel.attached(address, driver, config.severalPeers() ? Optional.of(instances(tunnel, socket, address)) : Optional.empty());
            dispatcher.add(driver, address, config.remote());
            config.remote().ifPresent(halfOpens::name);
            cannotListen.remove(tunnel);
            if (tunnel.isWanted()) starts.begin(tunnel, () -> start(tunnel));
        } catch (IOException e) {
            if (cannotListen.put(tunnel, e) == null) log.warn(config.name(), e.getMessage());
            loop.arm(CANNOT_LISTEN, LISTEN_AGAIN, () -> network(host));
        }
    }

    private IkeDriver driver(Tunnel tunnel, UdpSockets socket, IkeConfig ike, Candidates candidates) {
        var installer = new SaInstaller(sad, tunnel.index(), tunnel.config().replayWindow(), sinks(tunnel, socket));
        return new IkeDriver(loop, ike, crypto, halfOpens, candidates, installer, new DriverSurroundings(tunnel));
    }

    private Instances instances(Tunnel tunnel, UdpSockets socket, InetAddress address) {
        var numbers = new AtomicInteger();
        return new Instances(peer -> driver(tunnel, socket, tunnel.config().toIkeConfig(address, espSockets.possible(tunnel.config().encapsulation(), address), numbers.incrementAndGet(), peer), Candidates.NONE));
    }

    private List<IkeConfig> candidates(Path path) {
        return dispatcher.candidates(path).stream().map(IkeDriver::config).toList();
    }

    /** Why a connection has no sockets, if one has none: at start that is a reason not to start, later it is tried again. */
    Optional<IOException> cannotListen() {
        return cannotListen.values().stream().findFirst();
    }

    private UdpSockets socket(InetAddress address) throws IOException {
        var socket = sockets.get(address);
        if (socket == null) socket = UdpSockets.bind(packets.inboundLoop(), address, dispatcher, packets.espReceiver(), counters);
        sockets.put(address, socket);
        loop.disarm(socket);                        // it may be about to be closed
        return socket;
    }

    /** A tunnel's packets are sealed by one thread, so one sender, with its scratch memory, serves all SAs of that thread's tunnels on a socket. */
    private SaInstaller.Sinks sinks(Tunnel tunnel, UdpSockets socket) {
        var sender = senders.computeIfAbsent(new SocketAndThread(socket, packets.outboundThread(tunnel.index())), unseen -> new UdpSender(socket.natTDescriptor()));
        return new SaInstaller.Sinks() {
            @Override public DatagramSink inUdp(Path path) {
                return (datagrams, count, trafficClass) -> sender.send(datagrams, count, path.remote(), trafficClass);
            }

            @Override public Optional<DatagramSink> outsideUdp(Path path) {
                return espSockets.sink(tunnel.index(), socket.address(), path.remote().getAddress());
            }
        };
    }

    private void detach(Tunnel tunnel) {
        starts.done(tunnel);
        tunnel.drivers().forEach(driver -> {
            driver.stop();
            dispatcher.remove(driver);
        });
        if (tunnel.driver().isPresent()) tunnel.config().remote().ifPresent(halfOpens::unname);
        var address = tunnel.localAddress();
        tunnel.detached();
        address.filter(gone -> !isUsed(gone)).map(sockets::get).ifPresent(unused -> loop.arm(unused, UNUSED_SOCKET, () -> close(unused)));
    }

    private boolean isUsed(InetAddress address) {
        return tunnels.stream().anyMatch(tunnel -> tunnel.localAddress().filter(address::equals).isPresent());
    }

    private void close(UdpSockets unused) {
        sockets.remove(unused.address());
        senders.keySet().removeIf(key -> key.socket() == unused);
        unused.close();
        espSockets.close(unused.address());
    }

    /** {@code torii up}: empty when the connection was told to come up, else why it cannot. */
    Optional<String> start(Tunnel tunnel) {
        var driver = tunnel.driver();
        if (driver.isEmpty()) return Optional.of("it has no local address yet (no default route)");
        var remote = tunnel.config().remote();
        if (remote.isEmpty()) return Optional.of("its peer's address is %any, so the peer must begin");
        boolean unguarded = !tunnel.isWanted();
        tunnel.wanted(true);
        tunnel.onDemand(tunnel.config().auto() == StartMode.ONDEMAND);
        if (unguarded) observer.changed(tunnel);
        driver.get().start(tunnel.localAddress().orElseThrow(), remote.get());
        return Optional.empty();
    }

    /** {@code torii down}. */
    void stop(Tunnel tunnel) {
        boolean routed = tunnel.isOnDemand() || tunnel.isWanted();
        tunnel.wanted(false);
        tunnel.onDemand(false);
        starts.done(tunnel);
        tunnel.drivers().forEach(IkeDriver::stop);
        if (routed) observer.changed(tunnel);
    }

    /** Packets have come for which there is no SA: what is set up on demand, and neither up nor on its way, is set up now. */
    private void lookForDemand() {
        for (Tunnel tunnel : tunnels) {
            if (!tunnel.isOnDemand() || !tunnel.demanded(sad.trapped(tunnel.index())) || tunnel.isUp()) continue;
            if (tunnel.driver().filter(driver -> driver.status().state() == IkeStatus.State.IDLE).isEmpty()) continue;
            log.info(tunnel.config().name(), "a packet for it has come");
            start(tunnel);
        }
    }

    /** What is set up on demand does not begin again by itself; a peer that has restarted is about to. */
    private void ended(Tunnel tunnel, Reason reason) {
        if (!tunnel.isOnDemand() || reason instanceof Reason.PeerRestarted) return;
        tunnel.wanted(false);
        tunnel.driver().ifPresent(driver -> loop.run(driver::stop));
    }

    /** How many are up. */
    long active() {
        return tunnels.stream().filter(Tunnel::isUp).count();
    }

    /** The sockets' local addresses. */
    List<InetAddress> listening() {
        return List.copyOf(sockets.keySet());
    }

    /** One line for each offload that the kernel refuses: packets get through, at a fraction of the speed. */
    List<String> refusedOffloads() {
        var notes = new ArrayList<>(espSockets.notes());
        sockets.forEach((address, socket) -> {
            if (!socket.mergesDatagrams()) notes.add("the kernel does not merge what arrives on " + address.getHostAddress() + " (UDP_GRO): receiving is slower");
        });
        for (Tunnel tunnel : tunnels) {
            String tun = tunnel.tun().name();
            switch (tunnel.tun().offload()) {
                case TCP_AND_UDP -> { }
                case TCP -> notes.add("the kernel exchanges no super-packets of UDP on " + tun + " (TUNSETOFFLOAD; Linux 6.2): UDP is slower");
                case NONE -> notes.add("the kernel exchanges no super-packets on " + tun + " (TUNSETOFFLOAD): sending and receiving are slower");
            }
        }
        senders.forEach((key, sender) -> {
            var note = "the kernel does not segment what is sent from " + key.socket().address().getHostAddress() + " (UDP_SEGMENT): sending is slower";
            if (!sender.segmenting() && !notes.contains(note)) notes.add(note);
        });
        return notes;
    }

    private void lookAtTraffic() {
        for (Tunnel tunnel : tunnels) {
            var orphans = sad.orphans(tunnel.index()).stream().map(Spi::new).toList();
            for (IkeDriver driver : tunnel.drivers()) driver.observeTraffic(limits.get(tunnel).due(driver.status().children()), orphans);
        }
    }

    private void send(Path path, Octets message) {
        var socket = sockets.get(path.local().getAddress());
        if (socket != null) socket.sendIke(path.local().getPort(), path.remote(), message);
    }

    /** Deletes every SA, telling the peers, and lets nobody begin again; {@code told} runs when they know. The sockets stay open until {@link #close}. */
    void stopAll(Runnable told) {
        dispatcher.admitNobody();
        starts.stop();
        for (Tunnel tunnel : tunnels) stop(tunnel);
        farewell = Optional.of(told);
        endFarewell();
    }

    private void endFarewell() {
        if (tunnels.stream().flatMap(tunnel -> tunnel.drivers().stream()).allMatch(IkeDriver::isAtRest)) {
            farewell.ifPresent(Runnable::run);
            farewell = Optional.empty();
        }
    }

    @Override public void close() {
        loop.disarm(CANNOT_LISTEN);
        sockets.values().forEach(UdpSockets::close);
        espSockets.close();
        sockets.clear();
    }

    private final class DriverSurroundings implements IkeDriver.Surroundings {
        private final Tunnel tunnel;

        DriverSurroundings(Tunnel tunnel) {
            this.tunnel = tunnel;
        }

        @Override public void send(Path path, Octets message) {
            Connections.this.send(path, message);
        }

        @Override public void keepalive(Path path) {
            var socket = sockets.get(path.local().getAddress());
            if (socket != null && tunnel.config().natKeepalive()) socket.sendKeepalive(path.remote());
        }

        @Override public void bind(Cookie cookie, IkeDriver driver) {
            dispatcher.bind(cookie, driver);
        }

        @Override public void unbind(Cookie cookie) {
            dispatcher.unbind(cookie);
            tunnel.instances().ifPresent(peers -> loop.run(peers::tidy));       // not before the step is done
            endFarewell();
        }

        @Override public void tunnelUp() {
            state(true);
        }

        @Override public void tunnelDown(Reason reason) {
            state(false);
            ended(tunnel, reason);
        }

        private void state(boolean up) {
            boolean before = tunnel.isUp();
            tunnel.carries(this, up);
            if (tunnel.isUp() == before) return;
            if (up) starts.done(tunnel);
            observer.changed(tunnel);
        }

        @Override public void answered() {
            observer.answered(tunnel);
        }

        @Override public void handOver(String connection, Identity peer, Handover exchange) {
            var whose = named(connection).filter(other -> other.driver().isPresent());
            if (whose.isEmpty()) exchange.refuse();
            else if (whose.get().instances().isEmpty()) whose.get().driver().orElseThrow().takeOver(exchange);
            else if (!whose.get().instances().get().takeOver(peer, exchange)) log.limited("too many peers", connection, "has " + Instances.MOST + " peers: " + peer + " is not taken");
        }

        @Override public EventLog log() {
            return log;
        }

        @Override public Counters counters() {
            return counters;
        }

        @Override public KeyLog keyLog() {
            return keyLog;
        }
    }
}
