package dev.torii.ike.v2;

import dev.torii.ike.Reason;
import dev.torii.ike.Timer;
import dev.torii.ike.session.Gaps;
import dev.torii.ike.session.SessionContext;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.session.Upkeep;
import java.util.List;
import java.util.Optional;

/**
 * Which of the connection's traffic has no child SA, and when one is asked for. All of it is asked for at once; what the peer leaves out, or if it
 * wants children of one pair of selectors only (RFC 7296, section 2.9), each pair by itself.
 */
final class Vacancies {
    private final Associations associations;
    private final Children children;
    private final Requests requests;
    private final Upkeep upkeep;
    private final Gaps gaps;
    private final Traffic whole;

    Vacancies(SessionContext context, Associations associations, Children children, Requests requests, Upkeep upkeep) {
        this.associations = associations;
        this.children = children;
        this.requests = requests;
        this.upkeep = upkeep;
        this.gaps = new Gaps(context);
        this.whole = Traffic.of(context.config);
    }

    /** Asks for what is missing of a tunnel that is wanted, if there is an IKE SA for it. */
    void fill() {
        Optional<Association> current = associations.current();
        if (upkeep.wanted().isEmpty() || current.isEmpty()) {
            return;
        }
        if (children.anyAlive()) {
            gaps.retryWhileUp();
        }
        List<Traffic> wanted = children.anyAlive() || gaps.held(whole) ? gaps.pairs() : List.of(whole);
        wanted.stream().filter(traffic -> missing(traffic) && !gaps.held(traffic))
                .forEach(traffic -> requests.ask(current.get(), new Request.NewChild(null, traffic)));
    }

    private boolean missing(Traffic traffic) {
        return !children.carried(traffic) && asked().stream().noneMatch(traffic::overlaps);
    }

    private List<Traffic> asked() {
        return associations.established().stream().flatMap(association -> association.newChildren().stream()).toList();
    }

    /** The same, and what has failed may be tried again at once if nothing else is under way. */
    void restart() {
        if (!children.anyAlive() && asked().isEmpty()) {
            gaps.release();
        }
        fill();
    }

    /** {@link Timer.Kind#GAP}. */
    void due(Timer timer) {
        gaps.due(timer);
        fill();
    }

    /** Something is carried. */
    void usable(Child child) {
        gaps.pairs().stream().filter(Traffic.of(child.sa)::overlaps).forEach(gaps::filled);
        if (child.sa.initiator()) {
            fill();
        } else if (upkeep.wanted().isPresent()) {
            gaps.pairs().stream().filter(pair -> missing(pair) && !gaps.held(pair)).forEach(gaps::peerGoesOn);
        }
    }

    /** A child SA is gone, while others are there. */
    void gone(Reason reason) {
        gaps.pairs().stream().filter(pair -> missing(pair) && !gaps.held(pair)).forEach(pair -> gaps.lost(pair, reason));
        fill();
    }

    /** What was asked for was not to be had. @param notNow it may be, later on */
    void refused(Traffic traffic, Reason reason, boolean notNow) {
        if (!notNow || children.anyAlive()) {
            gaps.failed(traffic, reason);
            fill();
        }
        if (!children.anyAlive() && asked().isEmpty()) {
            upkeep.restartLater(reason);
        }
    }

    /** Nothing is there, or wanted. */
    void release() {
        gaps.release();
    }
}
