package dev.torii.cli.fate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.fate.Suspicion.Effect;
import dev.torii.cli.fate.Suspicion.Event;
import dev.torii.cli.fate.Suspicion.Experience;
import dev.torii.cli.fate.Suspicion.Phase;
import dev.torii.cli.fate.Suspicion.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each phase with each event, at ten seconds; then what the machine learns. Over a network: {@link SuspicionSimulationTest}. */
class SuspicionTest {
    private static final long NOW = millis(10_000);

    private final Suspicion machine = new Suspicion(Suspicion.Rules.STANDARD);
    private long now;
    private State state = machine.begin(0).next();
    private String did = "";

    private static long millis(long number) {
        return TimeUnit.MILLISECONDS.toNanos(number);
    }

    /** A path with a round trip of 20 ms of which nothing else is known. */
    private static Experience fresh() {
        return new Experience(millis(300), millis(20), NOW - millis(20), 3, 0, 0, NOW - millis(500));
    }

    private static Phase phase(String name) {
        return switch (name) {
            case "fresh" -> new Phase.Fresh(3);
            case "measuring" -> new Phase.Measuring(3);
            case "quiet" -> new Phase.Quiet();
            case "silent" -> new Phase.Silent(NOW - millis(300));
            case "asked1" -> new Phase.Asking(NOW - millis(500), 1, NOW - millis(200));
            case "asked2" -> new Phase.Asking(NOW - millis(700), 2, NOW - millis(200));
            case "asked3" -> new Phase.Asking(NOW - millis(800), 3, NOW - millis(100));
            case "suspect" -> new Phase.Suspect(NOW - millis(5000), 9);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static Event event(String name) {
        return switch (name) {
            case "sent" -> new Event.Sent();
            case "heard" -> new Event.Heard();
            case "answered" -> new Event.Answered();
            case "lull" -> new Event.Lull();
            case "expired" -> new Event.Expired();
            case "cannot ask" -> new Event.CannotAsk();
            default -> throw new IllegalArgumentException(name);
        };
    }

    private static String words(Phase phase) {
        return switch (phase) {
            case Phase.Fresh fresh -> "fresh";
            case Phase.Measuring measuring -> "measuring";
            case Phase.Quiet quiet -> "quiet";
            case Phase.Silent silent -> "silent";
            case Phase.Asking(long since, int asked, long askedNanos) -> "asked" + asked;
            case Phase.Suspect suspect -> "suspect";
        };
    }

    private static String words(List<Effect> effects) {
        return effects.stream().map(effect -> switch (effect) {
            case Effect.Ask ask -> "ask";
            case Effect.Wait(Duration time) -> "wait " + time.toMillis();
            case Effect.Rest rest -> "rest";
            case Effect.Doubt(int asked) -> "doubt " + asked;
            case Effect.Trust(long nanos) -> "trust " + TimeUnit.NANOSECONDS.toMillis(nanos);
        }).collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fresh     | sent       | fresh     |
            fresh     | heard      | fresh     |
            fresh     | answered   | fresh     |
            fresh     | lull       | fresh     |
            quiet     | lull       | quiet     |
            silent    | lull       | asked1    | ask, wait 200
            asked1    | lull       | asked1    |
            suspect   | lull       | suspect   |
            fresh     | expired    | measuring | ask, wait 1000
            measuring | sent       | measuring |
            measuring | heard      | measuring |
            measuring | answered   | quiet     | rest
            measuring | expired    | quiet     |
            measuring | cannot ask | quiet     | rest
            quiet     | sent       | silent    | wait 300
            quiet     | heard      | quiet     |
            quiet     | answered   | quiet     |
            quiet     | expired    | quiet     |
            silent    | sent       | silent    |
            silent    | heard      | quiet     | rest
            silent    | answered   | quiet     | rest
            silent    | expired    | asked1    | ask, wait 200
            asked1    | sent       | asked1    |
            asked1    | heard      | quiet     | rest
            asked1    | answered   | quiet     | rest
            asked1    | expired    | asked2    | ask, wait 200
            asked1    | cannot ask | quiet     | rest
            asked2    | expired    | asked3    | ask, wait 100
            asked2    | answered   | quiet     | rest
            asked3    | heard      | quiet     | rest
            asked3    | answered   | quiet     | rest
            asked3    | expired    | suspect   | doubt 3, ask, wait 200
            suspect   | sent       | suspect   |
            suspect   | heard      | quiet     | trust 5000, rest
            suspect   | answered   | quiet     | trust 5000, rest
            suspect   | expired    | suspect   | ask, wait 1000
            suspect   | cannot ask | quiet     | trust 5000, rest
            """)
    void eachPhaseWithEachEvent(String before, String event, String after, String effects) {
        var step = machine.step(new State(phase(before), fresh()), event(event), NOW);
        assertEquals(after + ": " + (effects == null ? "" : effects), words(step.next().phase()) + ": " + words(step.effects()));
    }

    private void at(long milliseconds, String event) {
        now = millis(milliseconds);
        var step = machine.step(state, event(event), now);
        state = step.next();
        did = words(step.effects());
    }

    /** Up, and the question that measures the round trip is answered after that long. */
    private void measured(long roundTrip) {
        at(500, "expired");
        at(500 + roundTrip, "answered");
        for (long time = 1000 + roundTrip; did.startsWith("wait"); time += 500 + roundTrip) {
            at(time, "expired");
            at(time + roundTrip, "answered");
        }
    }

    @Test void theBestOfThreeMeasurementsCounts() {
        at(500, "expired");
        at(900, "answered");
        assertEquals("wait 800", did);
        at(1400, "expired");
        at(1450, "answered");
        assertEquals("wait 500", did);
        at(1950, "expired");
        at(2150, "answered");
        assertEquals("rest", did);
        assertEquals(millis(50), state.experience().roundTripNanos());
    }

    @Test void threeQuestionsWithoutAnAnswerTakeEightTenthsOfASecond() {
        measured(20);
        at(5000, "sent");
        at(5300, "expired");
        at(5500, "expired");
        at(5700, "expired");
        assertEquals("ask, wait 100", did);
        at(5800, "expired");
        assertEquals("doubt 3, ask, wait 200", did);
    }

    @Test void aSuspectIsAskedLessAndLess() {
        threeQuestionsWithoutAnAnswerTakeEightTenthsOfASecond();
        at(6000, "expired");
        assertEquals("ask, wait 400", did);
        at(6400, "expired");
        assertEquals("ask, wait 800", did);
        at(7200, "expired");
        assertEquals("ask, wait 1000", did);
        at(8200, "expired");
        assertEquals("ask, wait 1000", did);
    }

    @Test void noQuestionFollowsAnotherWithinThreeRoundTrips() {
        measured(250);
        at(5000, "sent");
        assertEquals("wait 500", did);
        at(5300, "expired");
        assertEquals("ask, wait 750", did);
        at(6050, "expired");
        at(6800, "expired");
        assertEquals("ask, wait 750", did);
        at(7550, "expired");
        assertEquals("doubt 3, ask, wait 750", did);
        at(8300, "expired");
        assertEquals("ask, wait 1000", did);
    }

    @Test void anUnknownRoundTripIsTakenForATenthOfASecond() {
        at(500, "expired");
        at(1500, "expired");
        at(1600, "sent");
        at(1900, "expired");
        assertEquals("ask, wait 300", did);
        at(2100, "answered");
        assertEquals(millis(1600), state.experience().roundTripNanos(), "it may be the answer to the first one");
    }

    @Test void aLongerRoundTripCountsAtOnceAndAShorterOneBitByBit() {
        measured(100);
        at(5000, "sent");
        at(5300, "expired");
        at(5500, "answered");
        assertEquals(millis(200), state.experience().roundTripNanos());
        at(6000, "sent");
        at(6600, "expired");
        at(6640, "answered");
        assertEquals(millis(180), state.experience().roundTripNanos());
    }

    @Test void eachAnswerDoublesTheSilenceThatIsBorneUpToASecond() {
        measured(20);
        long time = 5000;
        for (long silence : new long[] {300, 600, 1000, 1000}) {
            at(time, "sent");
            assertEquals("wait " + silence, did);
            at(time + silence, "expired");
            at(time + silence + 20, "answered");
            time += silence + 20;
        }
    }

    @Test void aLullCutsShortWhatAnswersHaveStretched() {
        eachAnswerDoublesTheSilenceThatIsBorneUpToASecond();
        at(20_000, "sent");
        assertEquals("wait 1000", did);
        at(20_100, "lull");
        assertEquals("wait 200", did);
        at(20_300, "expired");
        assertEquals("ask, wait 200", did);
        at(20_320, "answered");
        at(20_400, "sent");
        at(20_750, "lull");
        assertEquals("ask, wait 200", did);
    }

    @Test void trafficThatComesBackSoonShrinksItAgainInSteps() {
        eachAnswerDoublesTheSilenceThatIsBorneUpToASecond();
        for (long time = 100_000; time < 250_000; time += 100) {
            at(time, "sent");
            at(time + 50, "heard");
        }
        at(300_000, "sent");
        assertEquals("wait 300", did);
    }

    @Test void trafficWithANaturalGapKeepsWhatItNeeds() {
        measured(20);
        at(5000, "sent");
        for (long time = 5000; time < 120_000; time += 1000) {          // syslog, and an answered ping now and then
            if (did.startsWith("wait 300") || did.startsWith("wait 600")) {
                at(time + 600, "expired");
                at(time + 620, "answered");
                at(time + 630, "sent");
            }
            at(time + 900, "heard");
            at(time + 1000, "sent");
        }
        assertEquals("wait 1000", did);
    }

    @Test void aLateAnswerRaisesHowManyMustGoUnansweredAndAMinuteLowersIt() {
        measured(20);
        at(5000, "sent");
        at(5300, "expired");
        at(5500, "expired");
        at(5520, "answered");
        assertEquals(5, state.experience().questions());
        at(70_000, "sent");
        at(70_600, "expired");
        at(70_620, "answered");
        assertEquals(4, state.experience().questions());
    }

    @Test void aSuspicionThatWasSoonDisprovedWasLossAndALongOneAnOutage() {
        threeQuestionsWithoutAnAnswerTakeEightTenthsOfASecond();
        at(5900, "answered");
        assertEquals(9, state.experience().questions());
        at(20_000, "sent");
        for (long time = 20_300; !state.suspect(); time += 200) at(time, "expired");
        assertEquals("doubt 9, ask, wait 200", did);
        at(60_000, "answered");
        assertEquals(9, state.experience().questions());
    }

    @Test void aPeerThatCannotBeAskedIsNeverSuspect() {
        at(500, "expired");
        at(500, "cannot ask");
        for (long time = 5000; time < 100_000; time += 20_000) {
            at(time, "sent");
            at(time + 10_000, "expired");
            assertEquals("ask", did.substring(0, 3));
            at(time + 10_000, "cannot ask");
            assertEquals("rest", did);
        }
    }
}
