package dev.torii.cli.fate;

import java.time.Duration;
import java.util.List;

/**
 * Whether a tunnel that is up still leads to its peer. Packets go out and nothing authenticated comes back for a while: the peer is asked, and if it answers
 * none of several questions the tunnel is suspect, until the first authenticated packet. A pure machine; times are nanoseconds of one clock.
 *
 * <p>Traffic that is only ever sent (syslog) is silent although all is well. So each answer doubles the silence that is borne before the next question, and
 * traffic that does come back lets it shrink again: what the machine bears follows the longest gap that the tunnel's traffic has by nature.
 *
 * <p>A path that loses packets is no dead path: an answer that came only to a later question raises how many must go unanswered, for as long as such answers
 * come and a minute for each.
 */
public final class Suspicion {
    private final Rules rules;

    /** A machine that goes by these rules. */
    public Suspicion(Rules rules) {
        this.rules = rules;
    }

    /**
     * When to ask and when to believe.
     *
     * @param settle        from the beginning to the question that measures the round trip, and to the next if it was long
     * @param silence       without an authenticated packet, before the first question: the least
     * @param mostSilence   the most that answers can stretch it to, not less than {@code silence}
     * @param interval      between two questions: the least, as is three times the round trip
     * @param lastWait      for an answer to the last of them: the least, likewise
     * @param mostInterval  between two questions of a suspect tunnel, which begin at {@code interval} and double
     * @param questions     that must go unanswered: the least
     * @param mostQuestions the most that a lossy path can raise it to
     */
    public record Rules(Duration settle, Duration silence, Duration mostSilence, Duration interval, Duration lastWait, Duration mostInterval,
            int questions, int mostQuestions) {
        /** What needs no word in the files. */
        public static final Rules STANDARD = new Rules(Duration.ofMillis(500), Duration.ofMillis(300), Duration.ofSeconds(1), Duration.ofMillis(200),
                Duration.ofMillis(100), Duration.ofSeconds(1), 3, 15);
    }

    /** Where it stands, and what it has learnt of the path. */
    public record State(Phase phase, Experience experience) {
        /** Whether the tunnel is suspect. */
        public boolean suspect() {
            return phase instanceof Phase.Suspect;
        }
    }

    /** Where it stands. */
    public sealed interface Phase {
        /** Up for less than a moment, and so many measurements of the round trip to come, at most. */
        record Fresh(int measurements) implements Phase {}

        /** The question that measures it is under way. */
        record Measuring(int measurements) implements Phase {}

        /** Nothing was sent since the peer was last heard. */
        record Quiet() implements Phase {}

        /** Something was, and nothing came since. */
        record Silent(long sinceNanos) implements Phase {}

        /** {@code asked} questions, the latest then, and no answer. */
        record Asking(long sinceNanos, int asked, long askedNanos) implements Phase {}

        /** The same, and it was enough. */
        record Suspect(long sinceNanos, int asked) implements Phase {}
    }

    /**
     * What was learnt of the path.
     *
     * @param silenceNanos   that is borne before the first question
     * @param roundTripNanos or {@link #UNKNOWN}
     * @param measuredNanos  when the latest question was asked that measures it
     * @param questions      that must go unanswered
     * @param lossyNanos     when that was last raised, or lowered
     * @param longestNanos   the longest silence since {@code windowNanos}
     */
    public record Experience(long silenceNanos, long roundTripNanos, long measuredNanos, int questions, long lossyNanos, long longestNanos, long windowNanos) {
        /** Not measured yet. */
        static final long UNKNOWN = -1;

        private Experience silence(long nanos, long longest, long window) {
            return new Experience(nanos, roundTripNanos, measuredNanos, questions, lossyNanos, longest, window);
        }

        private Experience questions(int number, long now) {
            return new Experience(silenceNanos, roundTripNanos, measuredNanos, number, now, longestNanos, windowNanos);
        }

        private Experience measuring(long now) {
            return new Experience(silenceNanos, roundTripNanos, now, questions, lossyNanos, longestNanos, windowNanos);
        }

        /** The answer to the question that measures, or, where that was lost, to a later one: then it is taken for longer than it is. */
        private Experience measured(long now) {
            long sample = now - measuredNanos;
            long known = roundTripNanos == UNKNOWN ? sample : Math.min(sample, roundTripNanos);
            return new Experience(silenceNanos, known, measuredNanos, questions, lossyNanos, longestNanos, windowNanos);
        }

        private Experience roundTrip(long sample) {
            long known = roundTripNanos == UNKNOWN ? sample : Math.max(sample, roundTripNanos - (roundTripNanos - sample) / 8);
            return new Experience(silenceNanos, known, measuredNanos, questions, lossyNanos, longestNanos, windowNanos);
        }
    }

    /** What happens to it. */
    public sealed interface Event {
        /** A packet was sealed after the last that was opened. */
        record Sent() implements Event {}

        /** A packet was opened: authenticated ESP. */
        record Heard() implements Event {}

        /**
         * Nothing was opened on any tunnel for {@link Rules#silence}, the first time since something was. Answers may come back through another tunnel
         * than the packets go: then this is the only thing that changes when the tunnel is cut.
         */
        record Lull() implements Event {}

        /** An authenticated IKE message came, the first since a question. */
        record Answered() implements Event {}

        /** The time of the last {@link Effect.Wait} is over. */
        record Expired() implements Event {}

        /** {@link Effect.Ask} could not be done. */
        record CannotAsk() implements Event {}
    }

    /** What it asks for, in this order. */
    public sealed interface Effect {
        /** Ask the peer whether it is there. */
        record Ask() implements Effect {}

        /** {@link Event.Expired} after that, in place of an earlier one. */
        record Wait(Duration time) implements Effect {}

        /** No {@link Event.Expired} is wanted. */
        record Rest() implements Effect {}

        /** The tunnel is suspect. {@code asked}: questions without an answer. */
        record Doubt(int asked) implements Effect {}

        /** It is no longer. {@code suspectNanos}: for how long it was. */
        record Trust(long suspectNanos) implements Effect {}
    }

    /** The next state, and what is to be done. */
    public record Step(State next, List<Effect> effects) {
        public Step {
            effects = List.copyOf(effects);
        }
    }

    private static final long UNMEASURED = Duration.ofMillis(100).toNanos();
    private static final long WINDOW = Duration.ofSeconds(10).toNanos();
    private static final long CLEAN = Duration.ofMinutes(1).toNanos();
    /** What ended sooner was loss, what lasted longer an outage, which says nothing of loss. */
    private static final long SOON = Duration.ofSeconds(2).toNanos();
    private static final int ROUND_TRIPS = 3;
    private static final int MEASUREMENTS = 3;

    /** The tunnel has come up. */
    public Step begin(long nowNanos) {
        var nothing = new Experience(rules.silence().toNanos(), Experience.UNKNOWN, nowNanos, rules.questions(), nowNanos, 0, nowNanos);
        return new Step(new State(new Phase.Fresh(MEASUREMENTS), nothing), List.of(new Effect.Wait(rules.settle())));
    }

    /** Takes one event. */
    public Step step(State state, Event event, long nowNanos) {
        var known = state.experience();
        return switch (event) {
            case Event.Sent sent -> state.phase() instanceof Phase.Quiet
                    ? new Step(new State(new Phase.Silent(nowNanos), known), List.of(pause(silence(known, known.silenceNanos())))) : new Step(state, List.of());
            case Event.Heard heard -> heard(state, nowNanos);
            case Event.Lull lull -> lull(state, nowNanos);
            case Event.Answered answered -> answered(state, nowNanos);
            case Event.Expired expired -> expired(state, nowNanos);
            case Event.CannotAsk mute when state.phase() instanceof Phase.Suspect suspect -> restored(known, suspect, nowNanos);
            case Event.CannotAsk mute -> quiet(borne(known, nowNanos));
        };
    }

    private Step lull(State state, long now) {
        if (!(state.phase() instanceof Phase.Silent(long since))) return new Step(state, List.of());
        long missing = silence(state.experience(), rules.silence().toNanos()) - (now - since);
        return missing > 0 ? new Step(state, List.of(pause(missing))) : ask(state.experience(), since, 1, now);
    }

    private Step expired(State state, long now) {
        var known = state.experience();
        return switch (state.phase()) {
            case Phase.Fresh(int measurements) -> new Step(new State(new Phase.Measuring(measurements), known.measuring(now)),
                    List.of(new Effect.Ask(), new Effect.Wait(rules.mostInterval())));
            case Phase.Measuring unanswered -> new Step(new State(new Phase.Quiet(), known), List.of());
            case Phase.Quiet quiet -> new Step(state, List.of());
            case Phase.Silent(long since) -> ask(known, since, 1, now);
            case Phase.Asking(long since, int asked, long askedNanos) when asked < known.questions() -> ask(known, since, asked + 1, now);
            case Phase.Asking(long since, int asked, long askedNanos) -> new Step(new State(new Phase.Suspect(now, asked + 1), known),
                    List.of(new Effect.Doubt(asked), new Effect.Ask(), pause(interval(known))));
            case Phase.Suspect(long since, int asked) -> {
                int doublings = Math.min(asked - known.questions(), 10);
                long next = Math.max(interval(known), Math.min(interval(known) << doublings, rules.mostInterval().toNanos()));
                yield new Step(new State(new Phase.Suspect(since, asked + 1), known), List.of(new Effect.Ask(), pause(next)));
            }
        };
    }

    private Step ask(Experience known, long since, int asked, long now) {
        long patience = asked < known.questions() ? interval(known) : Math.max(rules.lastWait().toNanos(), roundTrips(known));
        return new Step(new State(new Phase.Asking(since, asked, now), known), List.of(new Effect.Ask(), pause(patience)));
    }

    private Step heard(State state, long now) {
        var known = state.experience();
        return switch (state.phase()) {
            case Phase.Fresh fresh -> new Step(state, List.of());
            case Phase.Measuring measuring -> new Step(state, List.of());
            case Phase.Quiet quiet -> new Step(state, List.of());
            case Phase.Silent(long since) -> quiet(watched(known, now - since, now));
            case Phase.Asking(long since, int asked, long askedNanos) -> quiet(watched(known, now - since, now));
            case Phase.Suspect suspect -> restored(known, suspect, now);
        };
    }

    private Step answered(State state, long now) {
        boolean unknown = state.experience().roundTripNanos() == Experience.UNKNOWN && !state.suspect();
        var known = unknown || state.phase() instanceof Phase.Measuring ? state.experience().measured(now) : state.experience();
        return switch (state.phase()) {
            case Phase.Fresh fresh -> new Step(state, List.of());
            case Phase.Measuring(int measurements) -> measured(known, measurements - 1);
            case Phase.Quiet quiet -> new Step(new State(quiet, known), List.of());
            case Phase.Silent(long since) -> quiet(watched(known, now - since, now));
            case Phase.Asking asking when unknown -> quiet(borne(known, now));
            case Phase.Asking(long since, int asked, long askedNanos) -> {
                var lesson = asked == 1 ? known.roundTrip(now - askedNanos) : lossy(known, asked, now);         // of several, nobody knows which was answered
                yield quiet(borne(lesson, now));
            }
            case Phase.Suspect suspect -> restored(known, suspect, now);
        };
    }

    /** A peer that has just done much arithmetic answers late; so what counts is the best of some, where it counts. */
    private Step measured(Experience known, int more) {
        if (more == 0 || roundTrips(known) <= rules.lastWait().toNanos()) return quiet(known);
        return new Step(new State(new Phase.Fresh(more), known), List.of(pause(silence(known, rules.settle().toNanos()))));
    }

    private static Step quiet(Experience known) {
        return new Step(new State(new Phase.Quiet(), known), List.of(new Effect.Rest()));
    }

    private Step restored(Experience known, Phase.Suspect suspect, long now) {
        var lesson = now - suspect.sinceNanos() < SOON ? lossy(known, suspect.asked(), now) : known;
        return new Step(new State(new Phase.Quiet(), lesson), List.of(new Effect.Trust(now - suspect.sinceNanos()), new Effect.Rest()));
    }

    /** A silence that meant nothing: the next may be twice as long. */
    private Experience borne(Experience known, long now) {
        long twice = Math.min(2 * known.silenceNanos(), rules.mostSilence().toNanos());
        return calmer(known, now).silence(twice, twice, now);
    }

    /** A silence that traffic ended. The longest of a while shows what is to be borne: four times that is too much. */
    private Experience watched(Experience known, long silence, long now) {
        var calm = calmer(known, now);
        long longest = Math.max(calm.longestNanos(), silence);
        if (now - calm.windowNanos() < WINDOW) return calm.silence(calm.silenceNanos(), longest, calm.windowNanos());
        long borne = 4 * longest < calm.silenceNanos() ? Math.max(rules.silence().toNanos(), calm.silenceNanos() / 2) : calm.silenceNanos();
        return calm.silence(borne, 0, now);
    }

    private Experience lossy(Experience known, int asked, long now) {
        return known.questions(Math.max(known.questions(), Math.min(2 * asked + 1, rules.mostQuestions())), now);
    }

    private Experience calmer(Experience known, long now) {
        return known.questions() > rules.questions() && now - known.lossyNanos() > CLEAN ? known.questions(known.questions() - 1, now) : known;
    }

    private long interval(Experience known) {
        return Math.max(rules.interval().toNanos(), roundTrips(known));
    }

    /** After an answer, which took one round trip, the next question is two more away; and no packet is answered sooner. */
    private static long silence(Experience known, long least) {
        return Math.max(least, roundTrips(known) - roundTrips(known) / ROUND_TRIPS);
    }

    private static long roundTrips(Experience known) {
        return ROUND_TRIPS * (known.roundTripNanos() == Experience.UNKNOWN ? UNMEASURED : known.roundTripNanos());
    }

    private static Effect.Wait pause(long nanos) {
        return new Effect.Wait(Duration.ofNanos(nanos));
    }
}
