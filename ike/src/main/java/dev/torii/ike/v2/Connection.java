package dev.torii.ike.v2;

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
import dev.torii.ike.Timer;
import dev.torii.ike.session.Candidates;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.session.Outbox;
import dev.torii.ike.session.Question;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.session.Upkeep;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** IKEv2 for one connection: which exchange is begun when, and what happens to its results. */
public final class Connection implements KeyExchange, Associations.Owner, Children.Owner, Requests.Owner {
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final SessionContext context;
    private final Outbox out;
    private final Children children;
    private final Associations associations;
    private final Requests requests;
    private final FollowUps followUps;
    private final Answers answers;
    private final Upkeep upkeep;
    private final Farewells farewells;
    private final Vacancies vacancies;
    private final Question question;

    /** A connection at rest. */
    public Connection(IkeConfig config, IkeCrypto crypto, HalfOpens.Places places, Candidates candidates) {
        this.context = new SessionContext(config, crypto, places);
        this.out = context.out;
        this.children = new Children(context, this);
        this.associations = new Associations(context, candidates, children, this);
        this.requests = new Requests(context, associations, children, this);
        this.followUps = new FollowUps(context, children, requests);
        this.answers = new Answers(context, associations, children, requests, followUps);
        this.upkeep = new Upkeep(context);
        this.farewells = new Farewells(context, associations);
        this.vacancies = new Vacancies(context, associations, children, requests, upkeep);
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
                List<Association> serving = associations.established().stream().filter(Association::serves).toList();
                if (serving.size() == 1) {          // else nobody knows whose packets they were
                    heard(serving.get(0));
                }
            }
            case Event.Ask ask -> associations.current().ifPresent(current -> {
                requests.probe(current);
                question.asked();
            });
            case Event.NetworkReturned back -> {
                if (upkeep.triesNow()) {
                    if (associations.current().isEmpty()) {
                        associations.abandonOwn();
                    }
                    pursue();
                }
            }
            case Event.Orphaned orphaned -> { }         // the peer's answer to Delete has said that it knows
            case Event.RekeyChild(var inbound) -> children.inbound(inbound).ifPresent(this::renew);
            case Event.TakeOver(SetUpHandover handover) -> associations.takeOver(handover);
            case Event.TakeOver(var other) -> other.refuse();
            case Event.Stop stop -> stop();
        }
        return out.drain();
    }

    /** Does what is missing for a tunnel that is wanted. Can be called at any time. */
    private void pursue() {
        Optional<Path> start = upkeep.wanted();
        if (start.isEmpty()) {
            return;
        }
        Optional<Association> current = associations.current();
        if (current.isPresent()) {
            vacancies.restart();
        } else if (!associations.negotiating()) {
            associations.begin(start.get());
        }
    }

    private void expired(Timer timer) {
        if (farewells.expired(timer)) {
            return;
        }
        Optional<Association> association = associations.named(timer);
        Optional<Child> child = children.named(timer);
        switch (timer.kind()) {
            case RETRANSMIT -> association.ifPresent(a -> {
                if (a.established()) {
                    requests.retransmit(a);
                } else {
                    associations.retransmit(a);
                }
            });
            case HALF_OPEN -> association.ifPresent(a -> {
                if (a.established()) {
                    followUps.expired(a);
                } else {
                    associations.halfOpenExpired(a);
                }
            });
            case IKE_REKEY -> association.filter(Association::serves).ifPresent(a -> {
                if (context.config.lifecycle().reauthenticate()) {
                    renewFromScratch(a);
                } else {
                    requests.ask(a, new Request.RekeyIke());
                }
            });
            case IKE_EXPIRE -> association.ifPresent(a -> end(a, new Reason.Expired()));
            case CHILD_REKEY -> child.ifPresent(this::renew);
            case CHILD_EXPIRE -> child.filter(c -> !c.closing).ifPresent(c -> {
                c.closing = true;
                requests.ask(c.under, new Request.DeleteChildren(List.of(c)));
            });
            case CHILD_SWITCH -> child.ifPresent(children::use);
            case REPLACED -> {
                child.ifPresent(c -> children.remove(c, new Reason.Replaced()));
                association.ifPresent(a -> end(a, new Reason.Replaced()));
            }
            case LIVENESS -> association.ifPresent(this::silence);
            case KEEPALIVE -> upkeep.keepalive(behindNat());
            case GAP -> vacancies.due(timer);
            case RESTART -> {
                upkeep.restarted();
                pursue();
            }
            case STABLE -> upkeep.stable();
            case FAREWELL -> { }        // IKEv1's
        }
    }

    private void renew(Child child) {
        if (!child.replaced && !child.closing) {
            requests.ask(child.under, Request.NewChild.of(child));
        }
    }

    private void received(Path path, Octets message) {
        try {
            IkeHeader header = MessageCodec.header(message);
            Optional<Association> association = associations.find(header).filter(Association::established);
            if (association.isEmpty() && farewells.received(header, message)) {
                return;
            }
            if (header.exchange() == ExchangeType.IKE_SA_INIT || association.isEmpty()) {
                associations.received(path, header, message);
            } else if (header.fromInitiator() == association.get().initiator) {
                out.dropped("our own message");
            } else if (header.response()) {
                answer(association.get(), path, header, message);
            } else {
                request(association.get(), path, header, message);
            }
        } catch (IkeException malformed) {
            out.dropped(malformed.getMessage());
        }
    }

    private void answer(Association association, Path path, IkeHeader header, Octets message) throws IkeException {
        Optional<Request.Outstanding> asked = association.outstanding
                .filter(o -> o.messageId() == header.messageId() && o.exchange() == header.exchange());
        if (asked.isEmpty()) {
            out.dropped("answer to nothing that was asked");
            return;
        }
        Optional<Opened> opened = association.open(association.sa(), context.crypto, header, message);
        if (opened.isEmpty()) {
            return;         // a fragment; others are still missing
        }
        authentic(association, path);
        try {
            requests.answered(association, asked.get(), opened.get().decode());
        } catch (IkeException malformed) {
            requests.malformed(association, "malformed answer: " + malformed.getMessage());
        }
    }

    private void request(Association association, Path path, IkeHeader header, Octets message) throws IkeException {
        Optional<Sealed> known = association.repeated(context.crypto, header, message);
        if (known.isPresent()) {
            out.dropped("duplicate, answered again");
            known.get().send(out, path);                            // section 2.11: where the request came from
        } else if (!association.isNext(header)) {
            out.dropped("request " + header.messageId() + " is not the next one");
        } else {
            association.open(association.sa(), context.crypto, header, message).ifPresent(opened -> {
                authentic(association, path);
                List<Child> unproved = children.unproved(association);
                answers.answer(association, path, opened).ifPresent(reason -> ended(association, reason));
                unproved.forEach(children::proved);
            });
        }
    }

    /** Something that only the peer can have sent, and not before. */
    private void authentic(Association association, Path path) {
        heard(association);
        question.heard();
        NatDetection.Found nat = association.sa().nat();
        if (!path.remote().equals(association.path().remote()) && nat.remoteNat() && !nat.localNat()) {
            association.path(path);         // RFC 7296, section 2.23: a NAT may have a new mapping; who is behind one himself does not follow
            if (!children.isEmpty() && associations.current().filter(current -> current == association).isPresent()) {
                out.add(new Effect.PathChanged(path));
            }
        }
    }

    private void heard(Association association) {
        association.probing = false;
        if (!context.config.dpdDelay().isZero() && association.serves()) {
            out.arm(Timer.Kind.LIVENESS, association.id, context.config.dpdDelay());
        }
    }

    /** Section 2.4: any answer proves life, so a request that waits for one is question enough. */
    private void silence(Association association) {
        if (association.probing) {
            ended(association, new Reason.PeerDead());
            return;
        }
        association.probing = true;
        if (association.outstanding.isEmpty()) {
            requests.ask(association, new Request.Probe());
        }
        out.arm(Timer.Kind.LIVENESS, association.id, context.config.dpdTimeout().minus(context.config.dpdDelay()));
    }

    /** Ends an IKE SA and tells the peer. */
    private void end(Association association, Reason reason) {
        farewells.say(association, reason);
        ended(association, reason);
    }

    private void stop() {
        upkeep.stop();
        vacancies.release();
        associations.established().forEach(association -> end(association, new Reason.Stopped()));
        associations.abandonHalfOpen();
    }

    private Optional<Path> behindNat() {
        return associations.current().filter(current -> current.sa().nat().localNat()).map(Association::path);
    }

    @Override
    public void established(Association association, SetUp.State.Established result) {
        heard(association);
        List<Association> older = associations.established().stream().filter(a -> a != association).toList();
        result.child().ifPresent(child -> children.add(association, child.child(), null, true));
        result.childRefusal().ifPresent(cause -> {
            context.failure("child SA: " + cause);
            if (association.initiator) {
                vacancies.refused(Traffic.of(context.config), new Reason.Failed(cause), false);
            } else {
                upkeep.restartLater(new Reason.Failed(cause));
            }
        });
        upkeep.keepaliveFrom(behindNat());
        for (Association other : older) {
            boolean before = other.establishedBefore(association);
            if (result.initialContact() && before) {
                ended(other, new Reason.PeerRestarted());
            } else if (other.serves() && before && association.initiator) {
                if (result.child().isPresent()) {
                    requests.close(other);      // what we have begun in its place
                }
            } else if (other.serves()) {
                onlyOne(association, other);
            }
        }
    }

    /** A new IKE SA with a child of its own takes over: RFC 7296, section 2.8.3, made before the old one is broken. */
    @Override
    public void renewFromScratch(Association old) {
        if (!associations.negotiating()) {
            associations.begin(old.path());
        }
        out.arm(Timer.Kind.IKE_REKEY, old.id, AGAIN);
    }

    /** Both sides began at once: of two IKE SAs the one with the greater name stays; who began the other deletes it. */
    private void onlyOne(Association one, Association other) {
        Association redundant = Long.compareUnsigned(one.initiatorSpi().value(), other.initiatorSpi().value()) < 0 ? one : other;
        if (redundant.initiator) {
            requests.close(redundant);
        }
    }

    @Override
    public void failed(Association association, Reason reason) {
        context.failure((association.initiator ? "" : "as responder: ") + reason.text());
        if (association.initiator) {
            upkeep.restartLater(reason);
        }
    }

    @Override
    public void usable(Child child, boolean first) {
        upkeep.usable(first);
        vacancies.usable(child);
    }

    @Override
    public void gone(Reason reason) {
        vacancies.gone(reason);
    }

    @Override
    public void lastGone(Reason reason) {
        vacancies.release();
        upkeep.lastGone(reason);
    }

    @Override
    public void ended(Association association, Reason reason) {
        if (reason instanceof Reason.PeerDead) {
            context.failure(reason.text());
            upkeep.peerDead(association.path());
        }
        associations.remove(association, reason);
        children.of(association).forEach(child -> children.remove(child, reason));
        if (associations.current().isEmpty() && !associations.negotiating()) {
            upkeep.restartLater(reason);
        }
    }

    @Override
    public void childFailed(Traffic traffic, Reason reason, boolean notNow) {
        vacancies.refused(traffic, reason, notNow);
    }

    @Override
    public void succeeded(Association successor) {
        heard(successor);
    }

    @Override
    public IkeStatus status() {
        return upkeep.status(children.current().isPresent(), associations.status(), children.status());
    }
}
