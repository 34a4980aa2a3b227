package dev.torii.ike.v1;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.wire.IkeHeader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Quick Modes of one session: which are under way, and what comes of each step of one. */
final class QuickModes {
    private static final int MAX_UNDER_WAY = 16;        // of one IKE SA
    private static final int RESERVED_SPIS = 256;

    private final Context context;
    private final Owner owner;
    private final List<Phase2> underWay = new ArrayList<>();

    QuickModes(Context context, Owner owner) {
        this.context = context;
        this.owner = owner;
    }

    /** Whose children they make. */
    interface Owner {
        /** Whether a child receives with this SPI. */
        boolean taken(Spi inbound);

        /** The child can receive. */
        void inbound(Phase2 quickMode, ChildSa child);

        /** The child can send. */
        void outbound(Phase2 quickMode, ChildSa child);

        /** Its child works both ways. */
        void done(Phase2 quickMode, Duration lifetime);

        /** Message 2 has come again: the responder has not got message 3. */
        void lacksMessage3(Phase2 quickMode);

        /** @param answered whether the peer said no; else it said nothing */
        void failed(Phase2 quickMode, Reason reason, boolean answered);
    }

    /** Whether we have begun one. */
    boolean begun() {
        return underWay.stream().anyMatch(q -> q.initiator);
    }

    /** Whether the first answer to one of ours may still be on its way. */
    boolean justOffered() {
        return underWay.stream().anyMatch(Phase2::justOffered);
    }

    /** Whether we have begun one for these selectors. */
    boolean offering(Traffic pair) {
        return underWay.stream().anyMatch(q -> q.offers(pair));
    }

    /** Whether we have begun one for a child's successor. */
    boolean replacing(Child child) {
        return underWay.stream().anyMatch(q -> q.replaces == child);
    }

    /** Begins one under an established IKE SA. */
    void begin(Phase1 under, Traffic pair, @Nullable Child replaces) {
        var quickMode = new Phase2(context.nextId(), under, setting(under, under.freshMessageId(context), List.of(pair)), true, replaces);
        underWay.add(quickMode);
        under.remember(quickMode);
        run(quickMode, new Input.Begin(under.path()));
    }

    /** A message under an established IKE SA. Returns whether it was authentic and new. */
    boolean received(Phase1 under, Path path, IkeHeader header, Octets message, List<Traffic> pairs) {
        var arrived = new Input.Arrived(path, header, message, false);
        Phase2 known = under.quickModes.get(header.messageId());
        if (known != null) {
            return run(known, arrived);
        }
        if (header.messageId() == 0 || under.used(header.messageId())) {
            context.out.dropped("Quick Mode with a message id that was used");
            return false;
        }
        if (under.quickModesUnderWay() >= MAX_UNDER_WAY) {
            context.out.dropped("too many Quick Modes under way");
            return false;
        }
        var fresh = new Phase2(context.nextId(), under, setting(under, header.messageId(), pairs), false, null);
        underWay.add(fresh);
        boolean authentic = run(fresh, arrived);
        if (authentic) {
            under.firstUse(header.messageId());
            if (!(fresh.state() instanceof QuickMode.State.Dead)) {
                under.remember(fresh);
            }
        } else {
            underWay.remove(fresh);
        }
        return authentic;
    }

    /** {@link Timer.Kind#RETRANSMIT} of one of ours; others are ignored. */
    void expired(Timer timer) {
        underWay.stream().filter(q -> q.id == timer.id()).findFirst().ifPresent(q -> run(q, new Input.RetransmitDue()));
    }

    /** The peer refuses, under protection. It names our SPI, or nothing that we know while only one waits. */
    void refused(Octets spi, Reason reason) {
        List<Phase2> ours = underWay.stream().filter(q -> q.initiator).toList();
        ours.stream().filter(q -> q.own.octets().equals(spi)).findFirst()
                .or(() -> ours.size() == 1 ? Optional.of(ours.get(0)) : Optional.empty())
                .ifPresent(quickMode -> fail(quickMode, reason, true));
    }

    /** They cannot go on without their IKE SA. */
    void ended(Phase1 under, Reason reason) {
        underWay.stream().filter(q -> q.under == under).toList().forEach(q -> fail(q, reason, true));
    }

    /** Gives up the one that has not finished this child. */
    void abandon(Child child) {
        underWay.stream().filter(q -> q.child() == child).toList().forEach(this::abandon);
    }

    /** Gives up all. */
    void abandonAll() {
        List.copyOf(underWay).forEach(this::abandon);
    }

    private void abandon(Phase2 quickMode) {
        underWay.remove(quickMode);
        quickMode.under.quickModes.remove(quickMode.messageId);
        context.out.disarm(Timer.Kind.RETRANSMIT, quickMode.id);
    }

    private void fail(Phase2 quickMode, Reason reason, boolean answered) {
        abandon(quickMode);
        owner.failed(quickMode, reason, answered);
    }

    private QuickMode.Setting setting(Phase1 under, int messageId, List<Traffic> pairs) {
        return new QuickMode.Setting(context.config, context.crypto, under.sa(), under.path(), messageId, freshSpi(), pairs);
    }

    private Spi freshSpi() {
        Spi fresh;
        do {
            fresh = new Spi(context.number());
        } while (Integer.compareUnsigned(fresh.value(), RESERVED_SPIS) < 0 || taken(fresh));
        return fresh;
    }

    private boolean taken(Spi spi) {
        return owner.taken(spi) || underWay.stream().anyMatch(q -> q.own.equals(spi));
    }

    private boolean run(Phase2 quickMode, Input input) {
        Step<QuickMode.State> step = quickMode.machine.step(quickMode.state(), input);
        quickMode.state(step.next());
        boolean authentic = true;
        for (Output output : step.outputs()) {
            authentic &= !(output instanceof Output.Drop);
            execute(quickMode, input, output);
        }
        if (!authentic && step.outputs().get(0) instanceof Output.Transmit) {
            owner.lacksMessage3(quickMode);
        }
        switch (step.next()) {
            case QuickMode.State.Done done when underWay.remove(quickMode) -> owner.done(quickMode, done.lifetime());
            case QuickMode.State.Dead dead when underWay.contains(quickMode) ->
                    fail(quickMode, dead.reason(), input instanceof Input.Arrived);
            default -> { }      // nothing has ended: Idle, Offered, Answered, or known to have ended before
        }
        return authentic;
    }

    private void execute(Phase2 quickMode, Input input, Output output) {
        switch (output) {
            case Output.Transmit transmit -> quickMode.send(context.out,
                    !quickMode.initiator && input instanceof Input.Arrived arrived ? arrived.path() : quickMode.under.path(), transmit.message());
            case Output.AwaitAnswer await -> context.out.arm(Timer.Kind.RETRANSMIT, quickMode.id, await.after());
            case Output.Answered answered -> context.out.disarm(Timer.Kind.RETRANSMIT, quickMode.id);
            case Output.Drop drop -> context.out.dropped(drop.cause());
            case Output.Warn warn -> context.failure(warn.text());
            case Output.HandOver none -> { }        // only of Main Mode
            case Output.Tell tell -> context.inform(quickMode.under, Informational.error(tell.notifyType(), tell.spi()));
            case Output.InstallInbound install -> owner.inbound(quickMode, install.child());
            case Output.InstallOutbound install -> owner.outbound(quickMode, install.child());
        }
    }
}
