package dev.torii.ike.session;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Timer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What keeps one connection going, whichever version it speaks: whether it is wanted, when it begins again, keepalives for a NAT before us, and
 * what the driver is told of the tunnel as a whole.
 */
public final class Upkeep {
    private static final Duration STABLE = Duration.ofMinutes(1);
    private static final Duration PEER_BEGINS = Duration.ofSeconds(5);

    private final SessionContext context;
    private final Outbox out;
    private final Backoff backoff;
    private @Nullable Path start;           // where to begin; known from Start on
    private boolean wanted;
    private int attempts;                   // in a row, since the tunnel was last up
    private boolean up;

    /** Of a connection at rest. */
    public Upkeep(SessionContext context) {
        this.context = context;
        this.out = context.out;
        this.backoff = new Backoff(context);
    }

    /** The tunnel is wanted from now on. */
    public void start(Event.Start event) {
        start = new Path(new InetSocketAddress(event.local(), Path.IKE_PORT), new InetSocketAddress(event.remote(), Path.IKE_PORT));
        wanted = true;
        attempts = 1;
    }

    /** The tunnel is not wanted any more; nothing here waits. */
    public void stop() {
        wanted = false;
        backoff.forget();
        attempts = 0;
        for (Timer.Kind kind : List.of(Timer.Kind.RESTART, Timer.Kind.STABLE, Timer.Kind.KEEPALIVE)) {
            out.disarm(kind, 0);
        }
    }

    /** Where to begin, if the tunnel is wanted. */
    public Optional<Path> wanted() {
        return wanted ? Optional.ofNullable(start) : Optional.empty();
    }

    /** Something that the tunnel needs has failed or ended, which is what the wait depends on: begin again after a while, as often as is allowed. */
    public void restartLater(Reason reason) {
        backoff.because(reason);
        int tries = context.config.lifecycle().keyingTries();
        if (!wanted || out.isArmed(Timer.Kind.RESTART, 0)) {
            return;
        }
        if (tries == 0 || attempts < tries) {
            out.arm(Timer.Kind.RESTART, 0, backoff.next());
        } else if (!up) {                   // a renewal that fails leaves what there is until its end
            wanted = false;
            context.failure("given up after " + tries + (tries == 1 ? " attempt" : " attempts") + " (keyingtries)"
                    + context.lastFailure().map(cause -> ", the last one: " + cause).orElse(""));
        }
    }

    /** {@link Timer.Kind#RESTART}: one more attempt. */
    public void restarted() {
        attempts++;
    }

    /** The network's return makes an attempt promising. Returns whether one is to be made at once, in place of one under way. */
    public boolean triesNow() {
        out.disarm(Timer.Kind.RESTART, 0);
        backoff.forget();
        return wanted && !up;
    }

    /** Nobody answers any more. @param last the path of the last IKE SA */
    public void peerDead(Path last) {
        switch (context.config.lifecycle().whenDead()) {
            case HOLD -> { }
            case CLEAR -> wanted &= context.config.initiate();
            case RESTART -> {
                if (!wanted) {
                    start(new Event.Start(last.local().getAddress(), last.remote().getAddress()));
                    attempts = 0;
                }
            }
        }
    }

    /** The peer began, so it goes on; but we do not wait for ever. */
    public void peerGoesOn() {
        if (wanted) {
            out.arm(Timer.Kind.RESTART, 0, PEER_BEGINS);
        }
    }

    /** {@link Timer.Kind#STABLE}: the back-off begins anew. */
    public void stable() {
        backoff.forget();
    }

    /** An IKE SA is up, or the last keepalive was a while ago. @param behindNat its path, if there is a NAT before us */
    public void keepaliveFrom(Optional<Path> behindNat) {
        behindNat.ifPresent(path -> out.arm(Timer.Kind.KEEPALIVE, 0, context.config.lifecycle().natKeepalive()));
    }

    /** {@link Timer.Kind#KEEPALIVE}. @param behindNat the path of the newest IKE SA, if there is a NAT before us */
    public void keepalive(Optional<Path> behindNat) {
        behindNat.ifPresent(path -> out.add(new Effect.NatKeepalive(path)));
        keepaliveFrom(behindNat);
    }

    /** A child SA works. @param first whether there was none before */
    public void usable(boolean first) {
        if (first) {
            up = true;
            attempts = 0;
            out.add(new Effect.TunnelUp());
            out.arm(Timer.Kind.STABLE, 0, STABLE);
            out.disarm(Timer.Kind.RESTART, 0);
        }
    }

    /** No child SA is left. */
    public void lastGone(Reason reason) {
        up = false;
        attempts = 0;
        out.add(new Effect.TunnelDown(reason));
        out.disarm(Timer.Kind.STABLE, 0);
        restartLater(reason);
    }

    /** The snapshot. @param up whether a child SA works */
    public IkeStatus status(boolean up, List<IkeStatus.Ike> ikeSas, List<IkeStatus.Child> children) {
        IkeStatus.State state = up ? IkeStatus.State.UP
                : out.isArmed(Timer.Kind.RESTART, 0) ? IkeStatus.State.WAITING
                : ikeSas.isEmpty() ? IkeStatus.State.IDLE : IkeStatus.State.CONNECTING;
        return new IkeStatus(context.config.name(), state, ikeSas, children, context.lastFailure(), backoff.restarts());
    }
}
