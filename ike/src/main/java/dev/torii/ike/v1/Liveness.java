package dev.torii.ike.v1;

import dev.torii.ike.Timer;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;

/** Dead peer detection of one session, under whichever IKE SA is the newest: RFC 3706. */
final class Liveness {
    private final Context context;
    private final DeadPeerDetection detection;
    private DeadPeerDetection.State state;
    private long heardFrom;
    private int heardSequence;

    Liveness(Context context) {
        this.context = context;
        this.detection = new DeadPeerDetection(context.config.dpdDelay(), context.config.dpdTimeout());
        this.state = DeadPeerDetection.State.heard(context.number() >>> 1);     // RFC 3706, section 6.2: random, not near the end
    }

    /** The peer is alive: authenticated traffic, or a fresh IKE SA. */
    void heard() {
        state = DeadPeerDetection.State.heard(state.next());
        if (detection.enabled()) {
            context.out.arm(Timer.Kind.LIVENESS, 0, detection.idle());
        }
    }

    void stop() {
        context.out.disarm(Timer.Kind.LIVENESS, 0);
    }

    /** Silence for as long as was waited. Returns whether the peer is dead. */
    boolean silence(Phase1 current) {
        if (!current.sa().deadPeerDetection()) {
            return false;           // it would not understand the question
        }
        return switch (detection.silence(state)) {
            case DeadPeerDetection.Verdict.Dead dead -> true;
            case DeadPeerDetection.Verdict.Probe probe -> {
                state = probe.state();
                context.inform(current, Informational.deadPeerDetection(current.sa(), NotifyType.R_U_THERE, probe.sequence()));
                context.out.arm(Timer.Kind.LIVENESS, 0, probe.next());
                yield false;
            }
        };
    }

    /** Asks out of turn; the wait for the next question goes on. Returns whether the peer would understand it. */
    boolean ask(Phase1 current) {
        if (!current.sa().deadPeerDetection()) {
            return false;
        }
        int sequence = state.next();
        state = new DeadPeerDetection.State(state.silent(), sequence + 1);
        context.inform(current, Informational.deadPeerDetection(current.sa(), NotifyType.R_U_THERE, sequence));
        return true;
    }

    /** R-U-THERE: answered unless its number is old. */
    void asked(Phase1 phase1, Payload.Notify question) {
        if (question.data().length() != Integer.BYTES || !question.spi().equals(phase1.sa().spi())) {
            context.out.dropped("malformed R-U-THERE");
            return;
        }
        int sequence = question.data().asBuffer().getInt();
        if (heardFrom == phase1.id && sequence - heardSequence <= 0) {
            context.out.dropped("R-U-THERE with an old number");
            return;
        }
        heardFrom = phase1.id;
        heardSequence = sequence;
        context.inform(phase1, Informational.deadPeerDetection(phase1.sa(), NotifyType.R_U_THERE_ACK, sequence));
    }

    /** R-U-THERE-ACK. Returns whether we asked. */
    boolean answered(Payload.Notify answer) {
        boolean asked = answer.data().length() == Integer.BYTES && state.asked(answer.data().asBuffer().getInt());
        if (!asked) {
            context.out.dropped("R-U-THERE-ACK without a question");
        }
        return asked;
    }
}
