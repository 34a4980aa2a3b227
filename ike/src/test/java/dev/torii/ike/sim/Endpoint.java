package dev.torii.ike.sim;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeSession;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.TrafficSelector;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** One side: a session and what a driver would keep for it. Fails a test when the session breaks the driver's assumptions. */
public final class Endpoint {
    final String name;
    final InetAddress address;
    final IkePair pair;
    IkeSession session;
    final Map<Timer, Long> timers = new HashMap<>();
    public final Map<Spi, ChildSa> inbound = new LinkedHashMap<>();
    public final List<ChildSa> outbound = new ArrayList<>();
    public final Set<Cookie> bound = new HashSet<>();
    public final List<IkeSa> ikeSas = new ArrayList<>();
    public final List<String> reports = new ArrayList<>();
    public final List<String> dropped = new ArrayList<>();
    public final List<Effect> effects = new ArrayList<>();
    public int ups;
    public int downs;
    public int asked;
    public int answered;
    public boolean up;
    /** Looks at every step. */
    private Watcher watcher = (side, event, result) -> { };
    /** What was sent, in order. */
    public final List<Octets> sent = new ArrayList<>();

    Endpoint(String name, InetAddress address, IkePair pair, IkeConfig config, IkeCrypto crypto) {
        this.name = name;
        this.address = address;
        this.pair = pair;
        this.session = new IkeSession(config, crypto);
    }

    /** Looks at a side after each of its steps. */
    interface Watcher {
        void stepped(Endpoint side, Event event, List<Effect> effects);
    }

    void watch(Watcher looks) {
        watcher = looks;
    }

    /** How many timers are armed. */
    public int timers() {
        return timers.size();
    }

    /** Lets the armed timers of a kind run out now. */
    public void fire(Timer.Kind kind) {
        for (Timer timer : timers.keySet().stream().filter(t -> t.kind() == kind).sorted(Comparator.comparingLong(Timer::id)).toList()) {
            timers.remove(timer);
            step(new Event.Expired(timer));
        }
    }

    public IkeSession session() {
        return session;
    }

    public void start() {
        step(new Event.Start(address, pair.other(this).publicAddress()));
    }

    public void stop() {
        step(new Event.Stop());
    }

    InetAddress publicAddress() {
        return address;
    }

    /** The process dies and comes back with nothing. */
    public void reboot(IkeConfig config, IkeCrypto crypto) {
        session = new IkeSession(config, crypto);
        timers.clear();
        inbound.clear();
        outbound.clear();
        bound.clear();
        ikeSas.clear();
        up = false;
    }

    /** What an ESP packet would be sent with. */
    public Optional<ChildSa> sending() {
        return outbound.isEmpty() ? Optional.empty() : Optional.of(outbound.get(outbound.size() - 1));
    }

    /** What an ESP packet between these would be sent with. */
    public Optional<ChildSa> sending(TrafficSelector local, TrafficSelector remote) {
        return outbound.stream().filter(child -> new Traffic(child.local(), child.remote()).contains(Traffic.of(local, remote)))
                .reduce((older, newer) -> newer);
    }

    void deliver(Path path, Octets message) {
        try {
            IkeHeader header = IkeHeader.peek(message);
            boolean ours = header.responder().equals(Cookie.NONE) || bound.contains(header.initiator()) || bound.contains(header.responder());
            if (!ours) {
                return;             // the driver knows nobody who wants it
            }
        } catch (MalformedMessageException runt) {
            return;
        }
        step(new Event.Received(path, message));
    }

    public List<Effect> step(Event event) {
        List<Effect> result = session.step(event);
        if (!(event instanceof Event.Heard) && !(event instanceof Event.Received)) {
            pair.log(name, event);
        }
        effects.addAll(result);
        for (Effect effect : result) {
            if (!(effect instanceof Effect.Arm) && !(effect instanceof Effect.Disarm) && !(effect instanceof Effect.Send)) {
                pair.log(name, effect);
            }
            execute(effect);
        }
        watcher.stepped(this, event, result);
        return result;
    }

    private void execute(Effect effect) {
        switch (effect) {
            case Effect.Send(Path path, Octets message) -> {
                sent.add(message);
                pair.carry(this, path, message);
            }
            case Effect.NatKeepalive keepalive -> { }
            case Effect.Arm(Timer timer, Duration after) -> timers.put(timer, pair.nowNanos() + after.toNanos());
            case Effect.Disarm(Timer timer) -> timers.remove(timer);
            case Effect.Bound(Cookie own) -> check(bound.add(own), "bound twice");
            case Effect.Unbound(Cookie own) -> check(bound.remove(own), "unbound without being bound");
            case Effect.IkeUp(IkeSa sa) -> ikeSas.add(sa);
            case Effect.IkeDown down -> check(ikeSas.remove(down.sa()), "IkeDown without IkeUp");
            case Effect.InstallInbound(ChildSa child) -> check(inbound.put(child.inbound(), child) == null, "inbound SPI used twice");
            case Effect.InstallOutbound(ChildSa child) -> {
                check(inbound.containsKey(child.inbound()), "outbound before inbound");
                outbound.add(child);
            }
            case Effect.Remove(ChildSa child) -> {
                check(inbound.remove(child.inbound()) != null, "removed without being installed");
                outbound.remove(child);
            }
            case Effect.PathChanged changed -> { }
            case Effect.TunnelUp tunnelUp -> {
                check(!up && !outbound.isEmpty(), "up although up, or without a child");
                up = true;
                ups++;
            }
            case Effect.TunnelDown tunnelDown -> {
                check(up && outbound.isEmpty(), "down although down, or with a child");
                up = false;
                downs++;
            }
            case Effect.Asked hasAsked -> asked++;
            case Effect.Answered hasAnswered -> answered++;
            case Effect.HandOver handOver -> check(false, "handed over, and there is nobody else");
            case Effect.Dropped(String cause) -> dropped.add(cause);
            case Effect.Report(String text) -> reports.add(text);
        }
    }

    private void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(name + ": " + what + "\n" + pair.history());
        }
    }
}
