package dev.torii.ike.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.EspProposal;
import dev.torii.ike.IkeVersion;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sequence numbers of 64 bits are agreed on by both sides or not at all. */
class ExtendedSequenceTest {
    private static final EspProposal SHORT = Configs.ESP;
    private static final EspProposal EXTENDED = Configs.ESP.extended();

    private static IkePair pair(IkeVersion version, EspProposal[] left, EspProposal... right) {
        var pair = new IkePair(1, Configs.left().version(version).esp(left).build(), Configs.right().version(version).esp(right).build());
        pair.left().start();
        pair.runFor(Duration.ofSeconds(5));
        return pair;
    }

    private static boolean agreed(IkePair pair) {
        assertTrue(pair.bothUp() && pair.trafficPasses());
        return pair.left().sending().orElseThrow().suite().extendedSequence();
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void theFirstThatBothHaveIsTaken(IkeVersion version) {
        EspProposal[] either = {EXTENDED, SHORT};
        assertEquals(true, agreed(pair(version, either, EXTENDED)));
        assertEquals(false, agreed(pair(version, either, SHORT)));
        assertEquals(true, agreed(pair(version, new EspProposal[] {EXTENDED}, EXTENDED, SHORT)));
        assertEquals(true, agreed(pair(version, either, EXTENDED, SHORT)));
        assertEquals(false, agreed(pair(version, new EspProposal[] {SHORT}, EXTENDED, SHORT)));
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aPeerThatDoesNotHaveWhatIsDemandedIsRefused(IkeVersion version) {
        var pair = pair(version, new EspProposal[] {EXTENDED}, SHORT);
        assertEquals(0, pair.left().ups + pair.right().ups);
    }
}
