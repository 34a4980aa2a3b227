package dev.torii.cli.daemon;

import dev.torii.cli.daemon.Counters.Cause;
import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.Handover;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeSession;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.session.Candidates;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.session.Traffic;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Runs the machine of one connection: brings it datagrams and timers, carries out its effects, decides nothing. On the control loop only. */
final class IkeDriver {
    private static final Duration AFTER_A_BUG = Duration.ofSeconds(10);

    private final ControlLoop loop;
    private final IkeConfig config;
    private final Supplier<Machine> machines;
    private final SaInstaller installer;
    private final Surroundings surroundings;
    private final Set<Timer> armed = new HashSet<>();
    private final Set<Cookie> cookies = new HashSet<>();
    private Machine session;
    private Optional<Event.Start> wanted = Optional.empty();
    private long packetsInSeen;
    private boolean asked;

    /** What is driven: an {@link IkeSession}; in tests also one whose events and effects are written down. */
    interface Machine {
        List<Effect> step(Event event);

        IkeStatus status();

        /** It is not used any more, because of a bug of ours. */
        default void abandon() {}

        static Machine of(IkeSession session) {
            return new Machine() {
                @Override public List<Effect> step(Event event) {
                    return session.step(event);
                }

                @Override public IkeStatus status() {
                    return session.status();
                }

                @Override public void abandon() {
                    session.abandon();
                }
            };
        }
    }

    /** What the driver needs of the daemon. */
    interface Surroundings {
        /** Sends a datagram from the path's local end. */
        void send(Path path, Octets message);

        /** Sends a NAT keepalive. */
        void keepalive(Path path);

        /** From now on messages that bear this cookie are the driver's. */
        void bind(Cookie cookie, IkeDriver driver);

        /** They are nobody's now. */
        void unbind(Cookie cookie);

        /** The tunnel carries traffic from now on. */
        void tunnelUp();

        /** The tunnel carries no traffic any more. */
        void tunnelDown(Reason reason);

        /** After {@link #ask}: the peer is there. */
        void answered();

        /** The exchange is another connection's. */
        void handOver(String connection, Identity peer, Handover exchange);

        EventLog log();

        Counters counters();

        KeyLog keyLog();
    }

    IkeDriver(ControlLoop loop, IkeConfig config, IkeCrypto crypto, HalfOpens halfOpens, Candidates candidates, SaInstaller installer, Surroundings surroundings) {
        this(loop, config, () -> Machine.of(new IkeSession(config, crypto, halfOpens, candidates)), installer, surroundings);
    }

    IkeDriver(ControlLoop loop, IkeConfig config, Supplier<Machine> machines, SaInstaller installer, Surroundings surroundings) {
        this.loop = loop;
        this.config = config;
        this.machines = machines;
        this.installer = installer;
        this.surroundings = surroundings;
        this.session = machines.get();
    }

    String name() {
        return config.name();
    }

    IkeConfig config() {
        return config;
    }

    /** Which IKE the connection speaks. */
    IkeVersion version() {
        return config.version();
    }

    /** What the version's RFC calls it. */
    private String saName() {
        return config.version() == IkeVersion.V1 ? "ISAKMP SA" : "IKE SA";
    }

    IkeStatus status() {
        return session.status();
    }

    /** Whether the connection is to be up, as far as the user said. */
    boolean isWanted() {
        return wanted.isPresent();
    }

    /** Brings the tunnel up. */
    void start(InetAddress local, InetAddress remote) {
        var start = new Event.Start(local, remote);
        wanted = Optional.of(start);
        step(start);
    }

    /** Whether it holds no IKE SA and is setting up none; after {@link #stop}: whether the peer knows, or has been told often enough. */
    boolean isAtRest() {
        return cookies.isEmpty();
    }

    /** Deletes every SA and tells the peer; down until {@link #start}. */
    void stop() {
        wanted = Optional.empty();
        step(new Event.Stop());
    }

    /** The host's network leads to the peer again. */
    void networkReturned() {
        step(new Event.NetworkReturned());
    }

    /** Asks the peer whether it is there; false: it cannot be asked. */
    boolean ask() {
        asked = false;
        step(new Event.Ask());
        return asked;
    }

    void received(Path path, Octets message) {
        step(new Event.Received(path, message));
    }

    /** An exchange that another connection has begun to answer is this one's. */
    void takeOver(Handover exchange) {
        step(new Event.TakeOver(exchange));
    }

    /** It holds nothing and is not used any more. */
    void dispose() {
        for (Timer timer : Set.copyOf(armed)) disarm(timer);
        session.abandon();
    }

    /**
     * To be called regularly: tells the machine of traffic that proves the peer alive, of SAs that have carried enough, and of ESP for SAs that are gone.
     *
     * @param orphans SPIs of the tunnel's, perhaps another driver's
     */
    void observeTraffic(Iterable<Spi> due, Iterable<Spi> orphans) {
        long packetsIn = installer.packetsIn();
        if (packetsIn > packetsInSeen) step(new Event.Heard());
        packetsInSeen = packetsIn;
        for (Spi inbound : due) step(new Event.RekeyChild(inbound));
        for (Spi inbound : orphans) step(new Event.Orphaned(inbound));
    }

    private void step(Event event) {
        try {
            for (Effect effect : session.step(event)) execute(effect);
        } catch (RuntimeException bug) {
            surroundings.log().bug(name(), bug);
            abandon();
        }
    }

    private void execute(Effect effect) {
        var log = surroundings.log();
        switch (effect) {
            case Effect.Send(Path path, Octets message) -> surroundings.send(path, message);
            case Effect.NatKeepalive(Path path) -> surroundings.keepalive(path);
            case Effect.Arm(Timer timer, Duration after) -> {
                armed.add(timer);
                loop.arm(new TimerKey(this, timer), after, () -> {
                    armed.remove(timer);
                    step(new Event.Expired(timer));
                });
            }
            case Effect.Disarm(Timer timer) -> disarm(timer);
            case Effect.Bound(Cookie own) -> {
                cookies.add(own);
                surroundings.bind(own, this);
            }
            case Effect.Unbound(Cookie own) -> {
                cookies.remove(own);
                surroundings.unbind(own);
            }
            case Effect.IkeUp(var sa) -> {
                log.info(name(), saName() + " established, " + sa.path() + ", " + sa.proposal() + (sa.localNat() ? ", behind NAT" : "") + (sa.remoteNat() ? ", peer behind NAT" : ""));
                surroundings.keyLog().established(sa);
                sa.keys().erase();
            }
            case Effect.IkeDown(var sa, var reason) -> log.info(name(), saName() + " " + sa.initiatorCookie() + " ended: " + reason.text());
            case Effect.InstallInbound(var child) -> {
                surroundings.keyLog().inbound(child);
                installer.installInbound(child);
                child.inboundKey().erase();                                 // the packet path has its own copy
            }
            case Effect.InstallOutbound(var child) when !installer.canSend(child) -> {
                log.warn(name(), "the peer does no NAT traversal, and there is no socket for ESP outside UDP: taken down");
                loop.run(this::stop);
            }
            case Effect.InstallOutbound(var child) -> {
                surroundings.keyLog().outbound(child);
                installer.installOutbound(child);
                child.outboundKey().erase();
                log.info(name(), "IPsec SA established, " + Traffic.of(child) + ", " + child.suite() + (child.udpEncapsulated() ? " in UDP" : "")
                        + ", in " + child.inbound() + " out " + child.outbound());
            }
            case Effect.Remove(var child) -> {
                installer.remove(child);
                packetsInSeen = installer.packetsIn();
            }
            case Effect.PathChanged(Path path) -> {
                log.info(name(), "the peer moved: " + path);
                installer.moved(path);
            }
            case Effect.TunnelUp up -> {
                log.info(name(), "up");
                surroundings.tunnelUp();
            }
            case Effect.TunnelDown(Reason reason) -> {
                log.warn(name(), "down: " + reason.text());
                surroundings.tunnelDown(reason);
            }
            case Effect.Asked hasAsked -> asked = true;
            case Effect.Answered answered -> surroundings.answered();
            case Effect.HandOver(String connection, Identity peer, Handover exchange) -> surroundings.handOver(connection, peer, exchange);
            case Effect.Dropped(String cause) -> {
                surroundings.counters().count(Cause.IKE_DROPPED);
                log.limited("dropped " + name(), name(), "dropped: " + cause);
            }
            case Effect.Report(String text) -> log.limited("report " + name(), name(), text);
        }
    }

    private void disarm(Timer timer) {
        armed.remove(timer);
        loop.disarm(new TimerKey(this, timer));
    }

    /** After a bug of ours the machine's state is not to be trusted: this connection begins anew after a while, the others never notice. */
    private void abandon() {
        for (Timer timer : Set.copyOf(armed)) disarm(timer);
        for (Cookie cookie : Set.copyOf(cookies)) surroundings.unbind(cookie);
        cookies.clear();
        installer.removeAll();
        session.abandon();
        session = machines.get();
        surroundings.tunnelDown(new Reason.Failed("internal error"));
        loop.arm(new TimerKey(this, "restart"), AFTER_A_BUG, () -> wanted.ifPresent(this::step));
    }

    private record TimerKey(IkeDriver driver, Object timer) {
        @Override public boolean equals(Object other) {
            return other instanceof TimerKey key && key.driver == driver && key.timer.equals(timer);
        }

        @Override public int hashCode() {
            return System.identityHashCode(driver) * 31 + timer.hashCode();
        }
    }
}
