package dev.torii.ike.session;

import dev.torii.ike.Reason;
import dev.torii.ike.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * When a pair of selectors without a child SA is negotiated again while other pairs have theirs. Each pair has a wait of its own, so that one
 * which the peer refuses for ever does not disturb the others. While there is no child SA at all, {@link Upkeep} decides.
 */
public final class Gaps {
    private static final Duration STABLE = Duration.ofMinutes(1);
    private static final Duration PEER_BEGINS = Duration.ofSeconds(5);

    private final SessionContext context;
    private final List<Traffic> pairs;
    private final Set<Traffic> held = new HashSet<>();
    private final Map<Traffic, Integer> attempts = new HashMap<>();
    private final Map<Traffic, Backoff> backoffs = new HashMap<>();

    /** Of one session. */
    public Gaps(SessionContext context) {
        this.context = context;
        this.pairs = Traffic.of(context.config).pairs();
    }

    /** Each combination of the connection's selectors. */
    public List<Traffic> pairs() {
        return pairs;
    }

    /** It was negotiated in vain. May also be more than one pair, if that was asked for at once. */
    public void failed(Traffic traffic, Reason reason) {
        attempts.merge(traffic, 1, Integer::sum);
        hold(traffic, reason);
    }

    /** Its child SA is gone. */
    public void lost(Traffic pair, Reason reason) {
        attempts.remove(pair);
        hold(pair, reason);
    }

    private void hold(Traffic traffic, Reason reason) {
        if (held.add(traffic)) {
            pairs.stream().filter(traffic::equals).forEach(pair -> context.out.disarm(Timer.Kind.GAP, pairs.indexOf(pair)));
        }
        backoff(traffic).because(reason);
    }

    /** Whether it is not to be negotiated now. */
    public boolean held(Traffic traffic) {
        return held.contains(traffic);
    }

    /** Other child SAs carry on: what is held gets its turn, as often as is allowed. */
    public void retryWhileUp() {
        int tries = context.config.lifecycle().keyingTries();
        pairs.stream().filter(pair -> held.contains(pair) && !waiting(pair) && (tries == 0 || attempts.getOrDefault(pair, 0) < tries))
                .forEach(pair -> arm(pair, backoff(pair).next()));
    }

    /** The peer has begun to set up child SAs: it may go on with this one. */
    public void peerGoesOn(Traffic pair) {
        if (held.add(pair)) {
            arm(pair, PEER_BEGINS);
        }
    }

    /** It has a child SA. */
    public void filled(Traffic pair) {
        held.remove(pair);
        attempts.remove(pair);
        if (backoffs.containsKey(pair)) {
            arm(pair, STABLE);
        }
    }

    /** {@link Timer.Kind#GAP}: the wait is over, or the pair has had a child SA for a while. */
    public void due(Timer timer) {
        Traffic pair = pairs.get((int) timer.id());
        if (!held.remove(pair)) {
            backoffs.remove(pair);
        }
    }

    /** Nothing waits any more. */
    public void release() {
        held.clear();
        attempts.clear();
        backoffs.clear();
        pairs.forEach(pair -> context.out.disarm(Timer.Kind.GAP, pairs.indexOf(pair)));
    }

    private Backoff backoff(Traffic traffic) {
        return backoffs.computeIfAbsent(traffic, unknown -> new Backoff(context));
    }

    private boolean waiting(Traffic pair) {
        return context.out.isArmed(Timer.Kind.GAP, pairs.indexOf(pair));
    }

    private void arm(Traffic pair, Duration after) {
        context.out.arm(Timer.Kind.GAP, pairs.indexOf(pair), after);
    }
}
