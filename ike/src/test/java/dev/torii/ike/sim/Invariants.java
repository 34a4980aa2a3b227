package dev.torii.ike.sim;

import dev.torii.ike.ChildSa;
import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.Octets;
import dev.torii.ike.Reason;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold after every single step of either side, whatever the network does. */
final class Invariants implements Endpoint.Watcher {
    private static final int MOST_SAS = 6;
    private static final int MOST_HALF_OPEN = 20;
    private static final int MOST_TIMERS = 60;
    private static final int MOST_TRANSMISSIONS = 40;       // of one message: an answer goes out once more for each copy of its request
    private static final int RETRANSMISSIONS = 6;           // of a request, before its sender may take the peer for dead

    private final IkePair pair;
    private final Map<Octets, Integer> transmissions = new HashMap<>();
    private final Set<Exchange> answered = new HashSet<>();
    private final boolean alive;
    private final int mostTransmissions;
    private int deaths;

    /** A request of IKEv2 and its answer share it. */
    private record Exchange(Cookie initiator, Cookie responder, int messageId, boolean byInitiator) {
        static Exchange of(IkeHeader header) {
            return new Exchange(header.initiator(), header.responder(), header.messageId(), header.fromInitiator() ^ header.response());
        }
    }

    /**
     * @param alive whether both sides live on, so that none may take the other for dead without good reason
     * @param attacks how often somebody may send an old message again, each of which is answered
     */
    Invariants(IkePair pair, boolean alive, int attacks) {
        this.pair = pair;
        this.mostTransmissions = MOST_TRANSMISSIONS + attacks;
        this.alive = alive;
        pair.left().watch(this);
        pair.right().watch(this);
    }

    /** How often a side has given up an IKE SA because the link kept all answers from it: nobody's fault. */
    int deaths() {
        return deaths;
    }

    @Override
    public void stepped(Endpoint side, Event event, List<Effect> effects) {
        require(side.ikeSas.size() <= MOST_SAS, side, side.ikeSas.size() + " IKE SAs");
        require(side.inbound.size() <= MOST_SAS, side, side.inbound.size() + " children");
        require(side.bound.size() <= MOST_SAS + MOST_HALF_OPEN, side, side.bound.size() + " SPIs");
        require(side.timers.size() <= MOST_TIMERS, side, side.timers.size() + " timers");
        require(side.up != side.outbound.isEmpty(), side, "up and childless, or the reverse");
        if (event instanceof Event.Received(var path, Octets message) && pair.genuine()) {
            heard(message);
        }
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Send(var path, Octets message) -> sent(side, message);
                case Effect.InstallOutbound(ChildSa child) -> agreed(side, child);
                case Effect.IkeDown(var sa, Reason.PeerDead dead) -> {
                    require(!alive || unanswered(side), side, "takes its peer for dead, which has answered");
                    deaths++;
                }
                default -> { }      // of no interest here
            }
        }
    }

    private void heard(Octets message) {
        try {
            IkeHeader header = IkeHeader.peek(message);
            if (header.majorVersion() == 2 && header.response()) {
                answered.add(Exchange.of(header));
            }
        } catch (MalformedMessageException runt) {
            throw new AssertionError("the endpoint has let a runt through", runt);
        }
    }

    private void sent(Endpoint side, Octets message) {
        int times = transmissions.merge(message, 1, Integer::sum);
        require(times <= mostTransmissions, side, "sends the same for the " + times + "th time: " + History.name(message));
    }

    /** The peer has the same SA, if it still has it: what we send with, it opens. */
    private void agreed(Endpoint side, ChildSa child) {
        ChildSa theirs = pair.other(side).inbound.get(child.outbound());
        require(theirs == null || theirs.inboundKey().equals(child.outboundKey()) && theirs.outboundKey().equals(child.inboundKey())
                && theirs.outbound().equals(child.inbound()) && theirs.suite().equals(child.suite())
                && theirs.local().equals(child.remote()) && theirs.remote().equals(child.local()), side, "has an SA that is not the peer's");
    }

    /** Whether the link has kept every answer to a request from this side, which has asked often enough. */
    private boolean unanswered(Endpoint side) {
        return side.sent.stream().distinct().filter(message -> transmissions.getOrDefault(message, 0) >= RETRANSMISSIONS).anyMatch(message -> {
            try {
                IkeHeader header = IkeHeader.peek(message);
                return header.majorVersion() == 2 && !header.response() && !answered.contains(Exchange.of(header));
            } catch (MalformedMessageException ours) {
                throw new AssertionError(ours);
            }
        });
    }

    private void require(boolean holds, Endpoint side, String what) {
        if (!holds) {
            throw new AssertionError(side.name + " " + what);
        }
    }
}
