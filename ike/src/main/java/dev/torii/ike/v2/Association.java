package dev.torii.ike.v2;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.PayloadType;
import dev.torii.ike.wire.IkeHeader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One IKE SA of a session, being set up or established, with its window of one request each way (RFC 7296, section 2.3). Bookkeeping only. */
final class Association {
    private static final int MOST_DELETED_EARLY = 16;

    final long id;
    final Cookie own;
    final boolean initiator;
    final Deque<Request> queue = new ArrayDeque<>();
    private final @Nullable SetUp machine;
    private SetUp.State state = new SetUp.State.Idle();
    private final Cookie offeredBy;
    private Path path;
    private @Nullable SaV2 sa;
    private @Nullable IkeSa outside;
    private Optional<IkeStatus.Peer> peer = Optional.empty();
    private long since;
    private int nextRequest;
    private int nextFromPeer;
    private final Set<Octets> deletedEarly = new HashSet<>();
    private Octets lastRequest = Octets.EMPTY;
    private Sealed lastAnswer = Sealed.NOTHING;
    private int answerSent;
    private final Reassembly requests = new Reassembly();
    private final Reassembly answers = new Reassembly();
    Optional<HalfOpens.Place> place = Optional.empty();     // until the set-up is finished, if the peer began it
    Optional<Request.Outstanding> outstanding = Optional.empty();
    /** A successor exists or is being decided upon: children move there. */
    boolean replaced;
    /** We are deleting it. */
    boolean closing;
    /** Silence has made us ask. */
    boolean probing;
    /** While we rekey a child, the peer does the same to it: RFC 7296, section 2.8.1. */
    Optional<ChildCollision> childCollision = Optional.empty();
    /** While we rekey the IKE SA, so does the peer: section 2.8.2. */
    Optional<IkeCollision> ikeCollision = Optional.empty();

    /** Additional key exchanges that the peer has begun. */
    Optional<Pending> pending = Optional.empty();

    /** What the peer's rekeying of a child made while ours was under way; null while additional key exchanges are still to come. */
    record ChildCollision(@Nullable Child child, FollowUp.Lowest nonce) { }

    /** What the peer's rekeying of the IKE SA made while ours was under way; null likewise. */
    record IkeCollision(@Nullable Association successor, FollowUp.Lowest nonce) { }

    /** @param replaces the child that is rekeyed, if one is */
    record Pending(FollowUp followUp, @Nullable Child replaces) { }

    /** A set-up. @param offeredBy the initiator's SPI, if it is the peer */
    Association(long id, Cookie own, boolean initiator, Cookie offeredBy, Path path, SetUp machine) {
        this.id = id;
        this.own = own;
        this.initiator = initiator;
        this.offeredBy = offeredBy;
        this.path = path;
        this.machine = machine;
    }

    /** A successor: established from the beginning. */
    Association(long id, SaV2 sa, Association old, long moment) {
        this.id = id;
        this.own = sa.own();
        this.initiator = sa.initiator();
        this.offeredBy = sa.initiatorSpi();
        this.path = old.path;
        this.machine = null;
        this.peer = old.peer;
        become(sa, moment);
    }

    /** Whether it was negotiated under another one, and not set up. */
    boolean isSuccessor() {
        return machine == null;
    }

    /** Only of a set-up. */
    SetUp machine() {
        return Objects.requireNonNull(machine);
    }

    SetUp.State state() {
        return state;
    }

    /** Follows the machine. */
    void state(SetUp.State next) {
        state = next;
        switch (next) {
            case SetUp.State.InitSent s -> path = s.path();
            case SetUp.State.IntermediateSent s -> path = s.path();
            case SetUp.State.AuthSent s -> path = s.path();
            case SetUp.State.InitAnswered s -> path = s.path();
            case SetUp.State.Refused s -> path = s.path();
            case SetUp.State.Established s -> path = s.path();
            case SetUp.State.Idle s -> { }
            case SetUp.State.Dead s -> { }
        }
    }

    /** Whether the peer that began has sent more than its first message, which shows that it can receive. */
    boolean wentOn() {
        return state instanceof SetUp.State.InitAnswered s && s.before().isPresent();
    }

    /** @param moment its place among all ids: what has a smaller id existed before, what has a greater one was begun later */
    void establish(SetUp.State.Established done, long moment) {
        become(done.sa(), moment);
        peer = Optional.of(done.peer());
        nextRequest = initiator ? done.nextId() : 0;
        nextFromPeer = initiator ? 0 : done.nextId();
        lastRequest = done.request();
        lastAnswer = done.answer();
        answerSent = 1;
    }

    private void become(SaV2 result, long moment) {
        sa = result;
        since = moment;
        outside = result.outside(path);
    }

    boolean established() {
        return sa != null;
    }

    /** Established, and to stay. */
    boolean serves() {
        return sa != null && !replaced && !closing;
    }

    /** Only of an established one. */
    SaV2 sa() {
        return Objects.requireNonNull(sa);
    }

    /** Only of an established one: the same object in IkeUp and IkeDown. */
    IkeSa outside() {
        return Objects.requireNonNull(outside);
    }

    /** Whether it was established before the other one's first message. */
    boolean establishedBefore(Association other) {
        return since < other.id;
    }

    /** Who it is, once established. */
    Optional<IkeStatus.Peer> peer() {
        return peer;
    }

    Path path() {
        return path;
    }

    void path(Path now) {
        path = now;
    }

    /** Zero while unknown. */
    Cookie initiatorSpi() {
        return initiator ? own : offeredBy;
    }

    /** Zero while unknown. */
    Cookie responderSpi() {
        if (!initiator) {
            return own;
        }
        return sa != null ? sa.responderSpi() : SetUp.peerSpi(state).orElse(Cookie.NONE);
    }

    /** Whether a header bears our SPI in its place and the peer's where it is known. */
    boolean owns(IkeHeader header) {
        Cookie ours = initiator ? header.initiator() : header.responder();
        Cookie theirs = initiator ? header.responder() : header.initiator();
        Cookie known = initiator ? responderSpi() : offeredBy;
        return own.equals(ours) && (known.equals(Cookie.NONE) || known.equals(theirs));
    }

    /** The peer deletes a child that we do not know. If we wait for a new one, it may be that one, whose answer was lost. */
    void deletedEarly(Octets spi) {
        if (outstanding.filter(o -> o.request() instanceof Request.NewChild).isPresent() && deletedEarly.size() < MOST_DELETED_EARLY) {
            deletedEarly.add(spi);
        }
    }

    /** Whether the peer has deleted a child by the time that we learn of it. */
    boolean wasDeletedEarly(Octets spi) {
        return deletedEarly.contains(spi);
    }

    /** A new child is about to be asked for. */
    void expectChild() {
        deletedEarly.clear();
    }

    int takeRequestId() {
        return nextRequest++;
    }

    /** Whether it is the peer's next request. */
    boolean isNext(IkeHeader header) {
        return header.messageId() == nextFromPeer;
    }

    /** Opens a protected message of {@code now}; nothing if it is a fragment and others are missing. */
    Optional<Opened> open(SaV2 now, IkeCrypto crypto, IkeHeader header, Octets message) throws IkeException {
        Protection protection = now.protection(crypto);
        if (header.nextPayload() != PayloadType.SKF) {
            return Optional.of(Opened.of(protection, header, message));
        }
        if (!now.limits().fragments()) {
            throw new IkeException("a fragment, which was not agreed");
        }
        return (header.response() ? answers : requests).take(protection, header, message);
    }

    /** The answer to a request that came again: byte for byte, or its first fragment, which may have been cut anew (RFC 7383, section 2.6.1). */
    Optional<Sealed> repeated(IkeCrypto crypto, IkeHeader header, Octets message) {
        if (lastRequest.length() == 0 || !lastRequest.equals(message) && !firstFragmentAgain(crypto, header, message)) {
            return Optional.empty();
        }
        answerSent++;
        lastAnswer = lastAnswer.at(answerSent);
        return Optional.of(lastAnswer);
    }

    private boolean firstFragmentAgain(IkeCrypto crypto, IkeHeader header, Octets message) {
        try {
            return header.nextPayload() == PayloadType.SKF && header.messageId() == nextFromPeer - 1 && sa().limits().fragments()
                    && MessageCodec.fragment(header, message).number() == 1 && sa().protection(crypto).open(header, message).length() >= 0;
        } catch (IkeException stranger) {
            return false;
        }
    }

    /** @param request by which its repetition is recognised */
    void answered(Octets request, Sealed answer) {
        nextFromPeer++;
        lastRequest = request;
        lastAnswer = answer;
        answerSent = 1;
    }

    /** What we ask new child SAs for, sent or not. */
    List<Traffic> newChildren() {
        return Stream.concat(outstanding.map(Request.Outstanding::request).stream(), queue.stream())
                .flatMap(request -> request instanceof Request.NewChild(var replaces, var traffic) && replaces == null
                        ? Stream.of(traffic) : Stream.empty()).toList();
    }

    /** What can be asked now: while the peer makes a successor of this IKE SA, nothing is begun that the successor would have to end. */
    Optional<Request> nextInQueue() {
        boolean ending = pending.filter(p -> p.followUp().draft() instanceof IkeRekey.Draft).isPresent();
        Optional<Request> next = queue.stream()
                .filter(request -> !ending || request instanceof Request.Probe || request instanceof Request.DeleteIke).findFirst();
        next.ifPresent(queue::remove);
        return next;
    }

    /** Whether additional key exchanges of ours are under way: then the peer cannot begin the same any more (RFC 9370, section 2.2.4). */
    boolean goesOn() {
        return outstanding.flatMap(Request.Outstanding::further).isPresent();
    }

    /** Whether we wait for an answer that is about a child. */
    boolean busyWithChild() {
        return outstanding.map(Request.Outstanding::request).filter(r -> r instanceof Request.NewChild || r instanceof Request.DeleteChildren
                || r instanceof Request.DeleteUnwanted).isPresent();
    }

    /** Whether we wait for the answer to our own rekeying of it. */
    boolean rekeying() {
        return outstanding.filter(o -> o.request() instanceof Request.RekeyIke).isPresent();
    }
}
