package dev.torii.ike.v1;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.KeyExchange;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Reason;
import dev.torii.ike.Spi;
import dev.torii.ike.Timer;
import dev.torii.ike.session.Candidates;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.session.Outbox;
import dev.torii.ike.session.Question;
import dev.torii.ike.session.Upkeep;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.PayloadType;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** IKEv1 for one connection: which exchange is begun when, and what happens to its results. */
public final class Connection implements KeyExchange, IkeSas.Owner, ChildSas.Owner, Notices.Owner {
    private static final Duration LINGER = Duration.ofSeconds(2);
    private static final Duration FORGOTTEN = Duration.ofSeconds(30);

    private final Context context;
    private final Outbox out;
    private final IkeSas ikeSas;
    private final ChildSas children;
    private final Liveness liveness;
    private final Notices notices;
    private final Upkeep upkeep;
    private final PeerPath peerPath;
    private final Question question;
    private Optional<String> hint = Optional.empty();       // what somebody, perhaps the peer, said of the Main Mode under way

    /** A connection at rest. */
    public Connection(IkeConfig config, IkeCrypto crypto, HalfOpens.Places places, Candidates candidates) {
        this.context = new Context(config, crypto, places);
        this.out = context.out;
        this.ikeSas = new IkeSas(context, candidates, this);
        this.children = new ChildSas(context, this);
        this.liveness = new Liveness(context);
        this.notices = new Notices(context, ikeSas, children, liveness, this);
        this.upkeep = new Upkeep(context);
        this.peerPath = new PeerPath(context, ikeSas, children);
        this.question = new Question(out);
    }

    @Override
    public List<Effect> step(Event event) {
        switch (event) {
            case Event.Start start -> {
                upkeep.start(start);
                pursue();
            }
            case Event.Received(Path path, Octets message) -> received(path, message);
            case Event.Expired(Timer timer) -> {
                if (out.fired(timer)) {
                    expired(timer);
                }
            }
            case Event.Heard heard -> {
                if (ikeSas.current().isPresent()) {
                    liveness.heard();
                }
            }
            case Event.Ask ask -> ikeSas.current().filter(liveness::ask).ifPresent(current -> question.asked());
            case Event.NetworkReturned back -> {
                if (upkeep.triesNow()) {
                    if (ikeSas.current().isEmpty()) {
                        ikeSas.abandonOwn();
                    }
                    pursue();
                }
            }
            case Event.Orphaned(Spi inbound) -> context.farewells.orphaned(ikeSas.current(), inbound);
            case Event.RekeyChild(Spi inbound) -> children.wantRenewal(inbound);
            case Event.TakeOver(MainModeHandover handover) -> ikeSas.takeOver(handover);
            case Event.TakeOver(var other) -> other.refuse();
            case Event.Stop stop -> stop();
        }
        return out.drain();
    }

    /** Does what is missing for a tunnel that is wanted. Can be called at any time. */
    private void pursue() {
        Optional<Phase1> current = ikeSas.current();
        current.ifPresent(children::renew);
        Optional<Path> start = upkeep.wanted();
        if (start.isPresent() && !children.anyUsable() && !children.negotiating()) {
            children.tryAll();
        }
        fill();
        Optional<Path> where = current.isEmpty() ? start : current.filter(Phase1::renewalDue).map(Phase1::path);
        if (where.isPresent() && !ikeSas.negotiating()) {
            hint = Optional.empty();
            ikeSas.begin(where.get());
        }
    }

    /** Begins what is missing of a tunnel that is wanted, if there is an IKE SA for it. */
    private void fill() {
        ikeSas.current().filter(current -> wanted()).ifPresent(children::fill);
    }

    private void expired(Timer timer) {
        switch (timer.kind()) {
            case RETRANSMIT -> {
                ikeSas.expired(timer);
                children.expired(timer);
                fill();
            }
            case GAP -> {
                children.expired(timer);
                fill();
            }
            case HALF_OPEN -> ikeSas.expired(timer);
            case CHILD_REKEY, CHILD_EXPIRE, CHILD_SWITCH -> children.expired(timer);
            case IKE_REKEY -> named(timer).filter(ikeSas::isCurrent).ifPresent(phase1 -> {
                phase1.renewalDue(true);
                pursue();
            });
            case IKE_EXPIRE -> named(timer).ifPresent(phase1 -> end(phase1, new Reason.Expired()));
            case REPLACED -> {
                named(timer).ifPresent(phase1 -> {
                    boolean before = phase1.needed;
                    phase1.needed = children.needs(phase1);
                    if (phase1.needed || before) {          // once more also if it has just come free: packets are under way
                        out.arm(Timer.Kind.REPLACED, phase1.id, LINGER);
                    } else {
                        end(phase1, new Reason.Replaced());
                    }
                });
                children.expired(timer);
            }
            case LIVENESS -> ikeSas.current().filter(liveness::silence).ifPresent(current -> dead(current.path()));
            case KEEPALIVE -> upkeep.keepalive(behindNat());
            case RESTART -> {
                upkeep.restarted();
                pursue();
            }
            case STABLE -> upkeep.stable();
            case FAREWELL -> context.farewells.expired(timer);
        }
    }

    private Optional<Phase1> named(Timer timer) {
        return ikeSas.established().stream().filter(p -> p.id == timer.id()).findFirst();
    }

    private void received(Path path, Octets message) {
        try {
            IkeHeader header = MessageCodec.header(message);
            if (header.nextPayload() == PayloadType.FRAGMENT) {
                fragment(path, header, message);
                return;
            }
            switch (header.exchange()) {
                case ExchangeType.MAIN_MODE -> ikeSas.received(path, header, message, children.isEmpty());
                case ExchangeType.QUICK_MODE -> {
                    Optional<Phase1> under = ikeSas.find(header).filter(Phase1::established);
                    if (under.isEmpty()) {
                        out.dropped("Quick Mode without an IKE SA");
                    } else if (children.received(under.get(), path, header, message)) {
                        authentic(under.get(), path);
                    }
                }
                case ExchangeType.INFORMATIONAL -> notices.received(path, header, message);
                default -> notices.unsupported(header, message);       // an open registry; nothing else is supported
            }
        } catch (IkeException malformed) {
            out.dropped(malformed.getMessage());
        }
    }

    /** Nothing authenticates it: it is kept for a while, under an exchange that we know, and what comes together is a message like any other. */
    private void fragment(Path path, IkeHeader header, Octets message) throws IkeException {
        Optional<Phase1> phase1 = ikeSas.find(header);
        if (phase1.isEmpty()) {
            out.dropped("fragment without an exchange");
            return;
        }
        phase1.get().delivery.take(phase1.get().path(), path, header, message).ifPresent(whole -> received(path, whole));
    }

    @Override
    public void authentic(Phase1 phase1, Path path) {
        if (!ikeSas.established().contains(phase1)) {
            return;
        }
        liveness.heard();
        question.heard();
        peerPath.authentic(phase1, path);
    }

    /** With its last IKE SA the peer gives up the tunnel: some peers drop the children with it and do not say so. */
    @Override
    public void deletedByPeer(Phase1 phase1) {
        forget(phase1, new Reason.PeerDeleted());
        if (ikeSas.current().isEmpty()) {
            children.removeAll(new Reason.PeerDeleted());
            upkeep.restartLater(new Reason.PeerDeleted());
        }
    }

    /**
     * INITIAL-CONTACT: what was there before {@code survivor} began is gone on the other side. What came up meanwhile is not: both
     * sides may begin at once, and each says so before it knows of the other's.
     */
    @Override
    public void peerRestarted(Phase1 survivor) {
        ikeSas.established().stream().filter(older -> older.establishedBefore(survivor))
                .forEach(older -> forget(older, new Reason.PeerRestarted()));
        children.removeOlderThan(survivor.id, new Reason.PeerRestarted());
    }

    /** Ends an IKE SA and tells the peer. Children live on. */
    private void end(Phase1 phase1, Reason reason) {
        context.farewells.say(phase1, Informational.deleteIke(phase1.sa()));
        forget(phase1, reason);
        if (ikeSas.current().isEmpty() && !ikeSas.negotiating()) {
            upkeep.restartLater(reason);
        }
    }

    private void forget(Phase1 phase1, Reason reason) {
        ikeSas.remove(phase1, reason);
        children.ended(phase1, reason);
        if (ikeSas.current().isEmpty()) {
            liveness.stop();
        }
    }

    @Override
    public void hint(String said) {
        hint = Optional.of(said);
    }

    private void dead(Path last) {
        Reason reason = new Reason.PeerDead();
        context.failure(reason.text());
        upkeep.peerDead(last);
        ikeSas.abandonOwn();
        children.removeAll(reason);
        ikeSas.established().forEach(phase1 -> forget(phase1, reason));
        upkeep.restartLater(reason);
    }

    private void stop() {
        upkeep.stop();
        Optional<Phase1> current = ikeSas.current();
        List<Spi> gone = children.removeAll(new Reason.Stopped());
        if (current.isPresent() && !gone.isEmpty()) {
            context.farewells.say(current.get(), Informational.deleteChildren(gone));
        }
        for (Phase1 phase1 : ikeSas.established()) {
            context.farewells.say(phase1, Informational.deleteIke(phase1.sa()));
            forget(phase1, new Reason.Stopped());
        }
        ikeSas.abandonHalfOpen();
    }

    private Optional<Path> behindNat() {
        return ikeSas.current().filter(current -> current.sa().nat().localNat()).map(Phase1::path);
    }

    @Override
    public void established(Phase1 phase1) {
        liveness.heard();
        if (phase1.sa().initialContact()) {
            peerRestarted(phase1);
        }
        peerPath.follow(phase1);
        upkeep.keepaliveFrom(behindNat());
        children.moveUnder(phase1);
        Duration stay = phase1.initiator ? LINGER : FORGOTTEN;      // a peer that has restarted does not delete them
        ikeSas.established().stream().filter(older -> older.establishedBefore(phase1))      // what the peer has begun since is not ours to delete
                .forEach(older -> out.arm(Timer.Kind.REPLACED, older.id, stay));
        if (phase1.initiator) {
            pursue();
        } else {
            children.renew(phase1);
            if (!children.anyUsable()) {
                upkeep.peerGoesOn();
                children.peerGoesOn();
            } else {
                fill();
            }
        }
    }

    @Override
    public void failed(Phase1 phase1, Reason reason) {
        if (phase1.initiator) {
            context.failure(reason.text() + hint.map(said -> "; " + said).orElse(""));
            upkeep.restartLater(reason);
        } else {
            context.failure("as responder: " + reason.text());
        }
    }

    @Override
    public void usable(boolean first) {
        upkeep.usable(first);
        fill();
    }

    @Override
    public Optional<Phase1> newest() {
        return ikeSas.current();
    }

    @Override
    public boolean wanted() {
        return upkeep.wanted().isPresent();
    }

    @Override
    public void gap() {
        fill();
    }

    @Override
    public void lastGone(Reason reason) {
        upkeep.lastGone(reason);
    }

    @Override
    public void failed(Phase2 quickMode, Reason reason, boolean answered) {
        context.failure("Quick Mode: " + reason.text());
        if (!quickMode.initiator) {
            return;
        }
        if (children.anyUsable() || children.moreToTry()) {
            fill();
            return;
        }
        if (!answered) {            // an IKE SA that carries no Quick Mode is of no use
            end(quickMode.under, reason);
        }
        upkeep.restartLater(reason);
    }

    @Override
    public void renewalDue() {
        ikeSas.current().ifPresent(children::renew);
        pursue();
    }

    @Override
    public void delete(List<Spi> inbound) {
        ikeSas.current().ifPresent(current -> context.farewells.say(current, Informational.deleteChildren(inbound)));
    }

    @Override
    public IkeStatus status() {
        return upkeep.status(children.anyUsable(), ikeSas.status(), children.status());
    }
}
