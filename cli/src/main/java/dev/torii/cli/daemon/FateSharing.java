package dev.torii.cli.daemon;

import dev.torii.cli.fate.Suspicion;
import dev.torii.cli.fate.Withdrawal;
import dev.torii.esp.SaCounters;
import dev.torii.esp.SaDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Next hops share the fate of their tunnels: those of one that goes down leave at once, those of one that is suspect are left to prefixes that nothing else
 * leads to. Runs a {@link Suspicion} for each tunnel that is up and that another one, up too, can stand in for. On the control loop.
 */
final class FateSharing implements Connections.Observer {
    /** How long a packet sent may go unnoticed. */
    private static final Duration LOOK = Duration.ofMillis(50);

    private final ControlLoop loop;
    private final List<Tunnel> tunnels;
    private final Alternatives alternatives;
    private final SaDatabase sad;
    private final NextHopUse routing;
    private final EventLog log;
    private final LongSupplier nanoTime;
    private final Map<Tunnel, Watch> watches = new HashMap<>();
    private final Set<Tunnel> suspects = new LinkedHashSet<>();
    private Set<Tunnel> withdrawn = Set.of();
    private long heardNanos;
    private boolean lull = true;

    /** The routing side. */
    interface NextHopUse {
        /** The tunnel came up, went down, or is wanted no longer, or again. */
        void tunnelChanged(Tunnel tunnel);

        /** Next hops over these are used only where there is no other. */
        void withdrawn(Set<Tunnel> suspects);
    }

    FateSharing(ControlLoop loop, List<Tunnel> tunnels, Alternatives alternatives, SaDatabase sad, NextHopUse routing, EventLog log, LongSupplier nanoTime) {
        this.loop = loop;
        this.tunnels = List.copyOf(tunnels);
        this.alternatives = alternatives;
        this.sad = sad;
        this.routing = routing;
        this.log = log;
        this.nanoTime = nanoTime;
        if (!alternatives.isEmpty()) loop.every(LOOK, this::look);
    }

    @Override public void changed(Tunnel tunnel) {
        routing.tunnelChanged(tunnel);
        review(tunnel);
        alternativesOf(tunnel).forEach(this::review);
        withdraw();
    }

    @Override public void answered(Tunnel tunnel) {
        var watch = watches.get(tunnel);
        if (watch != null) watch.step(new Suspicion.Event.Answered());
    }

    private Stream<Tunnel> alternativesOf(Tunnel tunnel) {
        return alternatives.of(tunnel.index()).map(tunnels::get);
    }

    /** Begins to watch a tunnel, or ends it. A suspect one is watched even without an alternative: there may be one again. */
    private void review(Tunnel tunnel) {
        boolean wanted = tunnel.isUp() && tunnel.instances().isEmpty() && !tunnel.config().dpdDelay().isZero()
                && (suspects.contains(tunnel) || alternativesOf(tunnel).anyMatch(Tunnel::isUp));
        if (wanted && !watches.containsKey(tunnel)) {
            var watch = new Watch(tunnel);
            watches.put(tunnel, watch);
            watch.begin();
        } else if (!wanted && watches.containsKey(tunnel)) {
            loop.disarm(watches.remove(tunnel));
            suspects.remove(tunnel);
            tunnel.suspected(Optional.empty());
        }
    }

    private void look() {
        if (watches.isEmpty()) return;
        var all = List.copyOf(watches.values());
        for (Watch watch : all) watch.look();
        long now = nanoTime.getAsLong();
        if (all.stream().anyMatch(watch -> watch.heard)) {
            heardNanos = now;
            lull = false;
        } else if (!lull && now - heardNanos >= Suspicion.Rules.STANDARD.silence().toNanos()) {
            lull = true;
            for (Watch watch : all) watch.step(new Suspicion.Event.Lull());
        }
    }

    private void withdraw() {
        var now = Withdrawal.of(tunnels.stream().filter(Tunnel::isUp).toList(), suspects, this::alternativesOf);
        for (Tunnel suspect : suspects) suspect.suspected(suspect.suspected().map(known -> new Tunnel.Suspected(known.sinceNanos(), now.contains(suspect))));
        if (now.equals(withdrawn)) return;
        withdrawn = Set.copyOf(now);
        routing.withdrawn(withdrawn);
    }

    private void doubt(Tunnel tunnel, int asked) {
        suspects.add(tunnel);
        tunnel.suspected(Optional.of(new Tunnel.Suspected(nanoTime.getAsLong(), false)));
        withdraw();
        log.warn(tunnel.config().name(), "suspect: the peer has not answered " + asked + " questions in a row; " + (withdrawn.contains(tunnel)
                ? "what goes over it takes other tunnels, its SAs stay" : "no other tunnel can take what goes over it, so it stays in use"));
    }

    private void trust(Tunnel tunnel, long suspectNanos) {
        suspects.remove(tunnel);
        tunnel.suspected(Optional.empty());
        withdraw();
        double seconds = suspectNanos / (double) TimeUnit.SECONDS.toNanos(1);
        log.info(tunnel.config().name(), String.format(Locale.ROOT, "no longer suspect: heard again after %.1f s", seconds));
        review(tunnel);
    }

    /** One tunnel and its machine. */
    private final class Watch {
        private final Tunnel tunnel;
        private final Suspicion machine;
        private final SaCounters in;
        private final SaCounters out;
        private Suspicion.State state;
        private long seenIn;
        private long seenOut;
        private boolean heard;

        Watch(Tunnel tunnel) {
            this.tunnel = tunnel;
            this.machine = new Suspicion(Suspicion.Rules.STANDARD);
            this.in = sad.totalIn(tunnel.index());
            this.out = sad.totalOut(tunnel.index());
            this.seenIn = in.packets();
            this.seenOut = out.packets();
            this.state = machine.begin(nanoTime.getAsLong()).next();
        }

        void begin() {
            run(machine.begin(nanoTime.getAsLong()));
        }

        /** What the packet threads have counted since the last look, in the order in which it happened. */
        void look() {
            long nowIn = in.packets();
            long nowOut = out.packets();
            heard = nowIn > seenIn;
            boolean sent = nowOut > seenOut;
            seenIn = nowIn;
            seenOut = nowOut;
            if (heard) step(new Suspicion.Event.Heard());
            if (sent && (!heard || after(out.lastUse(), in.lastUse()))) step(new Suspicion.Event.Sent());
        }

        private static boolean after(OptionalLong one, OptionalLong other) {
            return one.isPresent() && other.isPresent() && one.getAsLong() - other.getAsLong() > 0;
        }

        void step(Suspicion.Event event) {
            if (watches.get(tunnel) == this) run(machine.step(state, event, nanoTime.getAsLong()));
        }

        private void run(Suspicion.Step step) {
            state = step.next();
            var later = new ArrayList<Suspicion.Event>();
            for (Suspicion.Effect effect : step.effects()) {
                switch (effect) {
                    case Suspicion.Effect.Ask ask -> {
                        if (tunnel.driver().filter(IkeDriver::ask).isEmpty()) later.add(new Suspicion.Event.CannotAsk());
                    }
                    case Suspicion.Effect.Wait(Duration time) -> loop.arm(this, time, () -> step(new Suspicion.Event.Expired()));
                    case Suspicion.Effect.Rest rest -> loop.disarm(this);
                    case Suspicion.Effect.Doubt(int asked) -> doubt(tunnel, asked);
                    case Suspicion.Effect.Trust(long nanos) -> trust(tunnel, nanos);
                }
            }
            later.forEach(this::step);
        }
    }
}
