package dev.torii.ike.sim;

import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.Handover;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeSession;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A host with several connections of one address, and peers at other ports of one NAT, over a network that loses nothing. There is no time. */
final class Host {
    static final InetSocketAddress ADDRESS = new InetSocketAddress(IkePair.address("198.51.100.11"), Path.IKE_PORT);

    final Map<String, IkeSession> sessions = new LinkedHashMap<>();
    final HalfOpens halfOpens = new HalfOpens(new SimCrypto(99));
    final List<String> story = new ArrayList<>();
    /** What the peers have sent, in order. */
    final List<Octets> sent = new ArrayList<>();
    private final List<IkeConfig> configs;
    private final Map<Cookie, String> bound = new HashMap<>();
    private final Map<Spi, String> inbound = new LinkedHashMap<>();
    private final Deque<Runnable> underWay = new ArrayDeque<>();
    private int seed;

    Host(IkeConfig... configs) {
        this.configs = List.of(configs);
        for (IkeConfig config : configs) {
            sessions.put(config.name(), new IkeSession(config, new SimCrypto(++seed), halfOpens, path -> this.configs));
        }
    }

    /** A peer of the host. */
    final class Peer {
        final IkeSession session;
        final InetSocketAddress address;
        private int children;

        private Peer(IkeConfig config, int port) {
            this.session = new IkeSession(config, new SimCrypto(++seed));
            this.address = new InetSocketAddress(IkePair.address("203.0.113.10"), port);
        }

        private void step(Event event) {
            for (Effect effect : session.step(event)) {
                if (effect instanceof Effect.Send send) {
                    sent.add(send.message());
                    var arrives = new Path(new InetSocketAddress(ADDRESS.getAddress(), send.path().remote().getPort()), address);
                    underWay.add(() -> received(arrives, send.message(), this));
                } else if (effect instanceof Effect.InstallOutbound) {
                    children++;
                }
            }
        }

        boolean up() {
            return children > 0 && session.status().state() == IkeStatus.State.UP;
        }
    }

    /** Lets a peer begin, and everybody finish. */
    Peer begin(IkeConfig config) {
        var peer = new Peer(config, 1000 + ++seed);
        peer.step(new Event.Start(IkePair.address("192.168.1.42"), ADDRESS.getAddress()));
        settle();
        return peer;
    }

    void settle() {
        for (Runnable next = underWay.poll(); next != null; next = underWay.poll()) {
            next.run();
        }
    }

    private void received(Path path, Octets message, Peer from) {
        try {
            IkeHeader header = IkeHeader.peek(message);
            String session = bound.getOrDefault(header.responder(), bound.getOrDefault(header.initiator(), configs.get(0).name()));
            step(session, new Event.Received(path, message), from);
        } catch (MalformedMessageException e) {
            throw new AssertionError(e);
        }
    }

    /** What somebody sends from where a peer is. */
    void inject(Octets message, Peer from) {
        received(new Path(ADDRESS, from.address), message, from);
        settle();
    }

    private void step(String name, Event event, Peer from) {
        for (Effect effect : sessions.get(name).step(event)) {
            switch (effect) {
                case Effect.Send send -> underWay.add(() -> from.step(new Event.Received(
                        new Path(new InetSocketAddress(IkePair.address("192.168.1.42"), send.path().local().getPort()), send.path().local()), send.message())));
                case Effect.Bound(Cookie own) -> check(bound.put(own, name) == null, "bound twice");
                case Effect.Unbound(Cookie own) -> check(name.equals(bound.remove(own)), "unbound, and not bound");
                case Effect.InstallInbound(var child) -> inbound.put(child.inbound(), name);
                case Effect.HandOver(String to, var peer, Handover exchange) -> {
                    story.add(name + " hands " + peer + " over to " + to);
                    step(to, new Event.TakeOver(exchange), from);
                }
                case Effect.Report(String text) -> story.add(name + ": " + text);
                case Effect.Dropped(String cause) -> story.add(name + " drops: " + cause);
                default -> { }      // time does not pass, packets do not flow
            }
        }
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what + "\n" + story);
        }
    }

    /** Which connections have a child. */
    List<String> serving() {
        return List.copyOf(inbound.values());
    }

    int cookies() {
        return bound.size();
    }

    long told(Predicate<String> line) {
        return story.stream().filter(line).count();
    }
}
