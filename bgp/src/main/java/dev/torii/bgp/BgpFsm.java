package dev.torii.bgp;

import dev.torii.bgp.Effect.Arm;
import dev.torii.bgp.Effect.AttemptFailed;
import dev.torii.bgp.Effect.CloseTcp;
import dev.torii.bgp.Effect.Dial;
import dev.torii.bgp.Effect.Disarm;
import dev.torii.bgp.Effect.DisarmAll;
import dev.torii.bgp.Effect.SendKeepalive;
import dev.torii.bgp.Effect.SendNotification;
import dev.torii.bgp.Effect.SendOpen;
import dev.torii.bgp.Effect.SessionDown;
import dev.torii.bgp.Effect.SessionUp;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The finite state machine of RFC 4271, section 8.2.2, for one connection. No sockets, no clock, no threads. The machine
 * of an accepted connection ends in Idle; that of our own dials starts again by itself after an idle hold time, which
 * doubles with each error as FRR's start timer does.
 */
final class BgpFsm {
    static final Duration LARGE_HOLD_TIME = Duration.ofMinutes(4);                  // section 8.2.2, OpenSent
    static final Duration FIRST_IDLE_HOLD = Duration.ofSeconds(1);
    static final Duration LONGEST_IDLE_HOLD = Duration.ofSeconds(120);

    private final PeerConfig peer;
    private final OpenCheck openCheck;
    private final Side side;

    BgpFsm(PeerConfig peer, OpenCheck openCheck, Side side) {
        this.peer = peer;
        this.openCheck = openCheck;
        this.side = side;
    }

    /**
     * Total: every event has an answer in every state.
     *
     * @param errors how often this peer ended in an error since it was last established: the exponent of the idle hold time
     */
    Step step(Session state, Event event, int errors) {
        return switch (event) {                                                     // what is the same in every state comes first
            case Event.Stop stop -> halt(state, stop.cease(), new Reason.NotificationSent(stop.cease(), stop.why()));
            case Event.Unreachable unreachable -> halt(state, null, new Reason.Unreachable());
            case Event.CollisionDump dump -> {
                var cease = NotificationMessage.of(Iana.CEASE, Iana.CEASE_COLLISION);
                yield halt(state, cease, new Reason.NotificationSent(cease, ""));
            }
            case Event.MessageError error -> fall(state, error.answer(), new Reason.NotificationSent(error.answer(), error.why()), errors + 1);
            case Event.NotificationReceived received -> fall(state, null, new Reason.NotificationReceived(received.notification()),
                    received.notification().code() == Iana.CEASE ? errors : errors + 1);
            case Event.Start start -> state instanceof Session.Idle ? connect() : Step.to(state);
            case Event.StartLater later -> state instanceof Session.Idle && side == Side.OUTGOING
                    ? Step.to(state, new Arm(TimerName.IDLE_HOLD, idleHold(errors))) : Step.to(state);
            case Event.Expired expired -> expired(state, expired.timer(), errors);
            case Event.TcpConnected connected -> connected(state);
            case Event.TcpFailed failed -> tcpFailed(state, failed.reason(), errors);
            case Event.SendingWaits sending -> switch (state) {
                case Session.OpenConfirm s -> Step.to(s, sendHold(s.negotiated(), sending.waits()));
                case Session.Established s -> Step.to(s, sendHold(s.negotiated(), sending.waits()));
                case Session.Idle s -> Step.to(s);
                case Session.Connect s -> Step.to(s);
                case Session.Active s -> Step.to(s);
                case Session.Delaying s -> Step.to(s);
                case Session.OpenSent s -> Step.to(s);                              // the large hold time is shorter
            };
            case Event.OpenReceived received -> open(state, received, errors);
            case Event.KeepaliveReceived keepalive -> switch (state) {
                case Session.OpenConfirm confirm -> {
                    var effects = restartHold(confirm.negotiated());
                    effects.add(new SessionUp(confirm.negotiated()));
                    yield new Step(new Session.Established(confirm.negotiated()), effects);
                }
                case Session.Established up -> new Step(up, restartHold(up.negotiated()));
                case Session.Idle s -> Step.to(s);
                case Session.Connect s -> unexpected(s, errors);
                case Session.Active s -> unexpected(s, errors);
                case Session.Delaying s -> unexpected(s, errors);
                case Session.OpenSent s -> unexpected(s, errors);
            };
            case Event.UpdateReceived update -> switch (state) {
                case Session.Established up -> new Step(up, restartHold(up.negotiated()));
                case Session.Idle s -> Step.to(s);
                case Session.Connect s -> unexpected(s, errors);
                case Session.Active s -> unexpected(s, errors);
                case Session.Delaying s -> unexpected(s, errors);
                case Session.OpenSent s -> unexpected(s, errors);
                case Session.OpenConfirm s -> unexpected(s, errors);
            };
        };
    }

    /** How long Idle lasts after that many errors. */
    static Duration idleHold(int errors) {
        var doubled = FIRST_IDLE_HOLD.multipliedBy(1L << Math.min(errors, 7));
        return doubled.compareTo(LONGEST_IDLE_HOLD) < 0 ? doubled : LONGEST_IDLE_HOLD;
    }

    private static Effect sendHold(Negotiated negotiated, boolean waits) {
        return waits ? new Arm(TimerName.SEND_HOLD, negotiated.sendHold()) : new Disarm(TimerName.SEND_HOLD);
    }

    private Step expired(Session state, TimerName timer, int errors) {
        return switch (timer) {
            case IDLE_HOLD -> state instanceof Session.Idle ? connect() : Step.to(state);
            case CONNECT_RETRY -> switch (state) {
                case Session.Connect s -> {
                    var again = new ArrayList<Effect>(List.of(new CloseTcp()));
                    again.addAll(dial());
                    yield new Step(s, again);
                }
                case Session.Active s -> connect();
                case Session.Delaying s -> unexpected(s, errors);
                case Session.Idle s -> Step.to(s);
                case Session.OpenSent s -> unexpected(s, errors);
                case Session.OpenConfirm s -> unexpected(s, errors);
                case Session.Established s -> unexpected(s, errors);
            };
            case DELAY_OPEN -> state instanceof Session.Delaying ? sendOpen() : Step.to(state);
            case HOLD -> {
                var notification = NotificationMessage.of(Iana.HOLD_TIMER_EXPIRED, 0);
                yield state instanceof Session.Idle ? Step.to(state)
                        : fall(state, notification, new Reason.NotificationSent(notification, ""), errors);
            }
            case SEND_HOLD -> {                                                     // RFC 9687 section 3.3, event 29
                var notification = NotificationMessage.of(Iana.SEND_HOLD_TIMER_EXPIRED, 0);
                yield state instanceof Session.Idle ? Step.to(state)
                        : fall(state, notification, new Reason.NotificationSent(notification, "the peer takes nothing"), errors);
            }
            case KEEPALIVE -> switch (state) {
                case Session.OpenConfirm s -> Step.to(s, new SendKeepalive(), new Arm(TimerName.KEEPALIVE, s.negotiated().keepalive()));
                case Session.Established s -> Step.to(s, new SendKeepalive(), new Arm(TimerName.KEEPALIVE, s.negotiated().keepalive()));
                case Session.Idle s -> Step.to(s);
                case Session.Connect s -> Step.to(s);
                case Session.Active s -> Step.to(s);
                case Session.Delaying s -> Step.to(s);
                case Session.OpenSent s -> Step.to(s);
            };
            case ADVERTISEMENT_INTERVAL, MAXIMUM_PREFIX_RESTART, GRACEFUL_RESTART, STALE_ROUTES -> Step.to(state);  // the peer's, not the machine's
        };
    }

    private Step connected(Session state) {
        return switch (state) {
            case Session.Connect s -> delayed(s.word());
            case Session.Active s -> delayed(s.word());
            case Session.Idle s -> Step.to(s, new CloseTcp());
            case Session.Delaying s -> Step.to(s);                                  // a second connection has a machine of its own
            case Session.OpenSent s -> Step.to(s);
            case Session.OpenConfirm s -> Step.to(s);
            case Session.Established s -> Step.to(s);
        };
    }

    private Step delayed(String word) {
        if (peer.delayOpen().isZero()) return sendOpen();
        return Step.to(new Session.Delaying(word), new Disarm(TimerName.CONNECT_RETRY), new Arm(TimerName.DELAY_OPEN, peer.delayOpen()));
    }

    private static Step sendOpen() {
        return Step.to(new Session.OpenSent(), new Disarm(TimerName.CONNECT_RETRY), new Disarm(TimerName.DELAY_OPEN),
                new SendOpen(), new Arm(TimerName.HOLD, LARGE_HOLD_TIME));
    }

    private Step tcpFailed(Session state, Reason reason, int errors) {
        return switch (state) {
            case Session.Connect s -> lost(s, reason);
            case Session.Delaying s -> lost(s, reason);
            case Session.OpenSent s -> lost(s, reason);
            case Session.Idle s -> Step.to(s);
            case Session.Active s -> Step.to(s);
            case Session.OpenConfirm s -> fall(s, null, reason, errors);
            case Session.Established s -> fall(s, null, reason, errors);
        };
    }

    /** Section 8.2.2, Connect and OpenSent, event 18: to Active, where the other side may dial and we do again later. */
    private Step lost(Session state, Reason reason) {
        if (side == Side.INCOMING) return Step.to(new Session.Idle(), new DisarmAll(), new CloseTcp(), new AttemptFailed(reason));
        return Step.to(new Session.Active(), new DisarmAll(), new CloseTcp(), new Arm(TimerName.CONNECT_RETRY, peer.connectRetry()), new AttemptFailed(reason));
    }

    private Step open(Session state, Event.OpenReceived received, int errors) {
        return switch (state) {
            case Session.OpenSent s -> confirm(s, received, false, errors);
            case Session.Delaying s -> confirm(s, received, true, errors);          // section 8.2.2, event 20
            case Session.Idle s -> Step.to(s);
            case Session.Connect s -> unexpected(s, errors);
            case Session.Active s -> unexpected(s, errors);
            case Session.OpenConfirm s -> unexpected(s, errors);
            case Session.Established s -> unexpected(s, errors);
        };
    }

    private Step confirm(Session state, Event.OpenReceived received, boolean oursFirst, int errors) {
        return switch (openCheck.check(received.open())) {
            case OpenCheck.Result.Refused refused -> fall(state, refused.answer(), new Reason.NotificationSent(refused.answer(), refused.why()), errors + 1);
            case OpenCheck.Result.Accepted accepted -> {
                var n = accepted.negotiated();
                var effects = new ArrayList<Effect>();
                effects.add(new Disarm(TimerName.CONNECT_RETRY));
                effects.add(new Disarm(TimerName.DELAY_OPEN));
                if (oursFirst) effects.add(new SendOpen());
                effects.add(new SendKeepalive());
                effects.addAll(restartHold(n));
                if (!n.keepalive().isZero()) effects.add(new Arm(TimerName.KEEPALIVE, n.keepalive()));
                yield new Step(new Session.OpenConfirm(n), effects);
            }
        };
    }

    private static List<Effect> restartHold(Negotiated n) {
        var effects = new ArrayList<Effect>();
        effects.add(n.holdTime().isZero() ? new Disarm(TimerName.HOLD) : new Arm(TimerName.HOLD, n.holdTime()));
        return effects;
    }

    /** RFC 6608: the subcode names the state. Before an OPEN is out, nothing is sent. */
    private Step unexpected(Session state, int errors) {
        int subcode = switch (state) {
            case Session.OpenSent s -> 1;
            case Session.OpenConfirm s -> 2;
            case Session.Established s -> 3;
            case Session.Idle s -> 0;
            case Session.Connect s -> 0;
            case Session.Active s -> 0;
            case Session.Delaying s -> 0;
        };
        var notification = new NotificationMessage(Iana.FSM_ERROR, subcode, Octets.EMPTY);
        return fall(state, notification, new Reason.NotificationSent(notification, "unexpected in " + state.word()), errors + 1);
    }

    private Step connect() {
        if (peer.passive() || side == Side.INCOMING) return Step.to(new Session.Active());
        return new Step(new Session.Connect(), dial());
    }

    private List<Effect> dial() { return List.of(new Dial(), new Arm(TimerName.CONNECT_RETRY, peer.connectRetry())); }

    /** Down, and up again after the idle hold time. */
    private Step fall(Session state, @Nullable NotificationMessage why, Reason reason, int errors) {
        if (state instanceof Session.Idle) return Step.to(state);                   // its idle hold timer runs on
        var down = halt(state, why, reason);
        if (side == Side.INCOMING) return down;
        var effects = new ArrayList<>(down.effects());
        effects.add(new Arm(TimerName.IDLE_HOLD, idleHold(errors)));
        return new Step(down.next(), effects);
    }

    /** Every way down goes through here, so the order is always the same: say why, close, forget. */
    private static Step halt(Session state, @Nullable NotificationMessage why, Reason reason) {
        var effects = new ArrayList<Effect>();
        boolean ourOpenIsOut = switch (state) {
            case Session.OpenSent s -> true;
            case Session.OpenConfirm s -> true;
            case Session.Established s -> true;
            case Session.Delaying s -> true;                                        // connected: they may be told (event 24 does not apply)
            case Session.Idle s -> false;
            case Session.Connect s -> false;
            case Session.Active s -> false;
        };
        if (why != null && ourOpenIsOut) effects.add(new SendNotification(why));
        effects.add(new DisarmAll());
        effects.add(new CloseTcp());
        switch (state) {
            case Session.Established s -> effects.add(new SessionDown(reason));
            case Session.OpenSent s -> effects.add(new AttemptFailed(reason));
            case Session.OpenConfirm s -> effects.add(new AttemptFailed(reason));
            case Session.Delaying s -> effects.add(new AttemptFailed(reason));
            case Session.Idle s -> { }
            case Session.Connect s -> { }
            case Session.Active s -> { }
        }
        return new Step(new Session.Idle(), effects);
    }
}
