package dev.torii.bgp.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.torii.bgp.rib.DecisionProcess.Step;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.PathAttribute.Origin;
import dev.torii.bgp.wire.Prefix;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecisionProcessTest {
    private static final InetAddress HOP1 = ip("192.0.2.1"), HOP2 = ip("192.0.2.2"), FAR = ip("192.0.2.99"), GONE = ip("192.0.2.100");
    private static final NextHops HOPS = hop -> hop.equals(GONE) ? OptionalLong.empty() : OptionalLong.of(hop.equals(FAR) ? 10 : 0);

    private final DecisionProcess decision = new DecisionProcess(100, 256, 256, false, HOPS);

    private static InetAddress ip(String text) { return Prefix.parse(text + "/32").address(); }

    private static RouteAttributes attributes(InetAddress hop, long... path) { return RouteAttributes.of(Origin.IGP, AsPath.sequence(path), hop); }

    private static Route external(InetAddress peer, int id, RouteAttributes a) {
        return new Route(RouteSource.session(peer, a.asPath().first(), id, true), a, 0);
    }

    private static Route internal(InetAddress peer, int id, RouteAttributes a) { return new Route(RouteSource.session(peer, 65000, id, false), a, 0); }

    private void decides(Step step, Route better, Route worse) {
        assertEquals(new DecisionProcess.Comparison(-1, step), sign(decision.compare(better, worse, null)));
        assertEquals(new DecisionProcess.Comparison(1, step), sign(decision.compare(worse, better, null)));
        assertSame(better, decision.select(List.of(worse, better), null).routes().getFirst());
        assertSame(better, decision.select(List.of(better, worse), null).routes().getFirst());
    }

    private static DecisionProcess.Comparison sign(DecisionProcess.Comparison c) { return new DecisionProcess.Comparison(Integer.signum(c.sign()), c.step()); }

    @Test void eachStepDecidesWhenAllBeforeItTie() {
        var plain = external(HOP1, 9, attributes(HOP1, 1, 2, 3).withMed(5));
        decides(Step.WEIGHT, new Route(plain.source(), attributes(FAR, 1, 2, 3, 4), 1), plain);
        decides(Step.LOCAL_PREFERENCE, external(HOP2, 10, attributes(FAR, 1, 2, 3, 4).withLocalPref(101)), plain);
        decides(Step.LOCAL_PREFERENCE, plain, external(HOP2, 1, attributes(HOP2, 1).withLocalPref(99)));
        decides(Step.LOCALLY_ORIGINATED, new Route(RouteSource.LOCAL, attributes(HOP2, 1, 2, 3, 4), 0), plain);
        decides(Step.AS_PATH_LENGTH, external(HOP2, 10, attributes(FAR, 7, 8).withOrigin(Origin.INCOMPLETE)), plain);
        decides(Step.ORIGIN, plain, external(HOP2, 1, attributes(HOP2, 1, 2, 3).withOrigin(Origin.EGP)));
        decides(Step.MULTI_EXIT_DISC, plain, external(HOP2, 1, attributes(HOP2, 1, 8, 9).withMed(6)));
        decides(Step.MULTI_EXIT_DISC, external(HOP2, 10, attributes(HOP2, 1, 8, 9)), plain);
        decides(Step.EXTERNAL_OVER_INTERNAL, external(HOP2, 10, attributes(FAR, 1, 2, 3).withMed(5)), internal(HOP1, 1, attributes(HOP1, 1, 2, 3).withMed(5)));
        decides(Step.INTERIOR_COST, plain, external(HOP2, 1, attributes(FAR, 1, 2, 3).withMed(5)));
        decides(Step.BGP_IDENTIFIER, external(HOP2, 0x7FFFFFFF, plain.attributes()), external(HOP1, 0x80000000, plain.attributes()));
        decides(Step.PEER_ADDRESS, external(HOP1, 9, plain.attributes()), external(HOP2, 9, plain.attributes()));
    }

    @Test void medsOfDifferentNeighboursAreNotCompared() {
        decides(Step.BGP_IDENTIFIER, external(HOP1, 1, attributes(HOP1, 1, 2).withMed(50)), external(HOP2, 2, attributes(HOP2, 7, 2).withMed(1)));
    }

    @Test void betweenTyingExternalRoutesTheOneInUseStays() {
        var lower = external(HOP1, 1, attributes(HOP1, 1, 2));
        var higher = external(HOP2, 2, attributes(HOP2, 1, 2));
        assertSame(higher, decision.select(List.of(lower, higher), higher).routes().getFirst());
        assertSame(lower, decision.select(List.of(lower, higher), null).routes().getFirst());
        assertEquals(Step.ALREADY_SELECTED, decision.compare(lower, higher, higher).step());
    }

    @Test void theResultDoesNotDependOnTheOrderOfTheRoutes() {
        var routes = new ArrayList<>(List.of(external(HOP1, 1, attributes(HOP1, 1, 2).withMed(10)), external(HOP2, 2, attributes(HOP2, 1, 3).withMed(5)),
                external(ip("192.0.2.3"), 3, attributes(FAR, 7, 2).withMed(1)), internal(ip("192.0.2.4"), 0, attributes(HOP1, 1, 9).withMed(0))));
        var best = decision.select(routes, null).routes().getFirst();
        var random = new Random(5);
        for (int i = 0; i < 100; i++) {
            Collections.shuffle(routes, random);
            assertSame(best, decision.select(routes, null).routes().getFirst());
        }
    }

    private static int selected(DecisionProcess decision, Route... routes) { return decision.select(List.of(routes), null).selected(); }

    @Test void equalPathsOfOneNeighbouringAsAreUsedTogether() {
        var one = external(HOP1, 1, attributes(HOP1, 31898));
        assertEquals(2, selected(decision, one, external(HOP2, 2, attributes(HOP2, 31898))));
        assertEquals(1, selected(decision, one, external(HOP2, 2, attributes(HOP2, 31899))), "another AS");
        assertEquals(1, selected(decision, one, external(HOP2, 2, attributes(HOP2, 31898).withMed(1))));
        assertEquals(1, selected(decision, one, external(HOP2, 2, attributes(HOP2, 31898, 31898))));
        assertEquals(1, selected(decision, one, new Route(RouteSource.session(HOP2, 31898, 2, true), attributes(HOP2, 31898), 5)));
        assertEquals(1, selected(decision, one, external(HOP2, 2, attributes(FAR, 31898))));
        assertEquals(2, selected(new DecisionProcess(100, 256, 256, true, HOPS), one, external(HOP2, 2, attributes(HOP2, 31899))), "multipath-relax");
        assertEquals(1, selected(new DecisionProcess(100, 1, 256, false, HOPS), one, external(HOP2, 2, attributes(HOP2, 31898))), "maximum-paths 1");
        assertEquals(2, selected(decision, internal(HOP1, 1, attributes(HOP1, 5, 6)), internal(HOP2, 2, attributes(HOP2, 5, 6))));
        assertEquals(1, selected(decision, internal(HOP1, 1, attributes(HOP1, 5, 6)), internal(HOP2, 2, attributes(HOP2, 5, 7))), "inside, the same path");
        assertEquals(1, selected(decision, one, internal(HOP2, 2, attributes(HOP2, 31898))));
    }

    @Test void anUnreachableNextHopIsNeverChosen() {
        var gone = external(HOP1, 1, attributes(GONE, 1).withLocalPref(500));
        assertEquals(0, selected(decision, gone));
        var selection = decision.select(List.of(gone, external(HOP2, 2, attributes(HOP2, 1, 2, 3))), null);
        assertEquals(HOP2, selection.routes().getFirst().attributes().nextHop());
        assertEquals(1, selection.selected());
        assertEquals(2, selection.routes().size());
    }

    @Test void aDoubtfulNextHopIsChosenOnlyWhereThereIsNoOther() {
        var doubting = new DecisionProcess(100, 256, 256, false, new NextHops() {
            @Override public OptionalLong cost(InetAddress nextHop) { return HOPS.cost(nextHop); }

            @Override public boolean doubtful(InetAddress nextHop) { return nextHop.equals(HOP1); }
        });
        var better = external(HOP1, 1, attributes(HOP1, 1).withLocalPref(500));
        var worse = external(HOP2, 2, attributes(HOP2, 1, 2, 3));
        var selection = doubting.select(List.of(better, worse), better);
        assertEquals(List.of(worse, better), selection.routes());
        assertEquals(1, selection.selected());
        assertEquals(Step.NEXT_HOP_IN_DOUBT, doubting.reason(selection));
        assertEquals(1, selected(doubting, better), "nothing else leads there");
        assertEquals(1, selected(doubting, better, external(HOP2, 2, attributes(GONE, 1))));
        assertEquals(1, selected(doubting, external(HOP1, 1, attributes(HOP1, 31898)), external(HOP2, 2, attributes(HOP2, 31898))), "nor is it an equal path");
    }
}
