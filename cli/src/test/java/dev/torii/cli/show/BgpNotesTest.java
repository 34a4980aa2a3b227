package dev.torii.cli.show;

import static dev.torii.cli.rib.Hosts.address;
import static dev.torii.cli.rib.Hosts.prefix;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.BgpConfig;
import dev.torii.bgp.FamilyConfig;
import dev.torii.bgp.NeighborView;
import dev.torii.bgp.Password;
import dev.torii.bgp.PeerConfig;
import dev.torii.bgp.PeerSummary;
import dev.torii.bgp.Reason;
import dev.torii.bgp.Summary;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BgpNotesTest {
    private static final BgpConfig CONFIG = BgpConfig.builder(65000).network(prefix("192.168.2.0/24")).network(prefix("192.168.3.0/24")).build();

    private static PeerConfig.Builder peer(long as) {
        return PeerConfig.builder(address("192.168.254.2"), as);
    }

    private static NeighborView up(PeerConfig config, int received, int sent, boolean policyMissing) {
        return view(config, "Established", received, sent, policyMissing, Optional.empty());
    }

    private static NeighborView view(PeerConfig config, String state, int received, int sent, boolean policyMissing, Optional<Reason> lastReset) {
        var summary = new PeerSummary(config.address(), Optional.empty(), config.remoteAs(), 3, 4, 0, 0, Optional.empty(), state, true, received, sent, policyMissing, policyMissing);
        return new NeighborView(config, summary, Map.of(AddressFamily.IPV4_UNICAST, summary), Optional.empty(), Optional.empty(), true, 1, 0, Map.of(), Map.of(), lastReset);
    }

    private static List<String> notes(NeighborView neighbor) {
        return BgpNotes.of(CONFIG, List.of(neighbor), List.of(), Map.of()).lines();
    }

    @Test void whereRoutesPassBothWaysThereIsNothingToSay() {
        assertEquals(List.of(), notes(up(peer(31898).build(), 2, 1, false)));
        assertEquals(List.of(), notes(view(peer(31898).shutdown("").build(), "Idle (Admin)", 0, 0, true, Optional.empty())));
    }

    @Test void aMissingPolicyIsNamedWithTheLineThatHelps() {
        assertEquals(List.of(
                "192.168.254.2: no route is accepted from it: an external neighbor needs an inbound policy (RFC 8212); add neighbor 192.168.254.2 route-map NAME in, or no bgp ebgp-requires-policy",
                "192.168.254.2: nothing is announced to it: an external neighbor needs an outbound policy (RFC 8212); add neighbor 192.168.254.2 route-map NAME out, or no bgp ebgp-requires-policy"),
                notes(up(peer(31898).build(), 0, 0, true)));
    }

    @Test void aPolicyThatLetsNothingThroughIsNamed() {
        var filtered = peer(31898).family(AddressFamily.IPV4_UNICAST, family -> family.in(FamilyConfig.Filters.NONE.withRouteMap("IN").withPrefixList("P"))
                .out(FamilyConfig.Filters.NONE.withFilterList("F"))).build();
        assertEquals(List.of("192.168.254.2: no route of it is in the table: it has announced none, or its inbound policy (prefix-list P, route-map IN) refuses them all",
                "192.168.254.2: nothing is announced to it: its outbound policy (filter-list F) permits none of our routes"), notes(up(filtered, 0, 0, false)));
    }

    @Test void aNetworkWithoutARouteAndAnUnreachableNextHopAreNamed() {
        var notes = BgpNotes.of(CONFIG, List.of(up(peer(31898).build(), 2, 0, false)), List.of(prefix("192.168.2.0/24"), prefix("192.168.3.0/24")), Map.of(address("10.9.9.9"), 3));
        assertEquals(List.of("192.168.254.2: nothing is announced to it: there is no route to any configured network",
                "network 192.168.2.0/24 is not announced: there is no route to it; add ip route 192.168.2.0/24 GATEWAY, or no bgp network import-check",
                "network 192.168.3.0/24 is not announced: there is no route to it; add ip route 192.168.3.0/24 GATEWAY, or no bgp network import-check",
                "3 routes are not used: there is no route to the next hop 10.9.9.9"), notes.lines());
    }

    @Test void whatOciDoesNotTakeIsNamedForOciAlone() {
        var refused = Optional.<Reason>of(new Reason.NotificationReceived(NotificationMessage.of(Iana.CEASE, Iana.CEASE_MAXIMUM_PREFIXES)));
        assertEquals(List.of("192.168.254.2: 2001 prefixes are announced to it; OCI takes 2000 and ends a session with more"), notes(up(peer(31898).build(), 1, 2001, false)));
        assertEquals(List.of(), notes(up(peer(64512).build(), 1, 2001, false)));
        assertEquals(List.of("192.168.254.2: it ended the session because more prefixes were announced to it than it takes; OCI takes 2000"),
                notes(view(peer(31898).build(), "Idle", 0, 0, false, refused)));
        var signed = peer(31898).password(new Password("secret")).build();
        assertEquals(List.of("192.168.254.2: OCI does not support MD5 on Site-to-Site VPN: no session comes up while there is a neighbor 192.168.254.2 password"),
                notes(view(signed, "Active", 0, 0, false, Optional.empty())));
    }

    @Test void theyStandBelowFrrsColumnsAndInTheJson() {
        var notes = BgpNotes.of(CONFIG, List.of(), List.of(prefix("192.168.2.0/24")), Map.of());
        var view = new BgpSummaryView(new Summary(AddressFamily.IPV4_UNICAST, (Inet4Address) address("192.168.254.5"), 65000, 3, 5, List.of()), BgpSummaryView.Columns.UNTIL_8_0, notes);
        assertTrue(view.text().endsWith("\nTotal number of neighbors 0\n\nnetwork 192.168.2.0/24 is not announced: there is no route to it; add ip route 192.168.2.0/24 GATEWAY,"
                + " or no bgp network import-check\n"), view.text());
        assertTrue(FrrJson.parse(view.jsonText()).path("ipv4Unicast").path("notes").path(0).asText().startsWith("network 192.168.2.0/24"));
    }
}
