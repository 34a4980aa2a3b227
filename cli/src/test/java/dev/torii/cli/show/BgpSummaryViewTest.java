package dev.torii.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.bgp.PeerSummary;
import dev.torii.bgp.Summary;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.cli.rib.Hosts;
import java.net.Inet4Address;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BgpSummaryViewTest {
    private static final String ARTICLES = Vectors.read("/article/console/show-bgp-summary.txt");
    private static final String ARTICLES_SHA256 = "a4a9f4e1ea0bd96ac624ed7b0c41ea266c01105d0e5fb8d17e92185abe07fdbd";
    private static final Inet4Address ROUTER_ID = (Inet4Address) Hosts.address("192.168.254.5");

    private static PeerSummary established(String address, int received, int sent, long seconds, int prefixesIn, int prefixesOut) {
        return new PeerSummary(Hosts.address(address), Optional.empty(), 31898, received, sent, 0, 0, Optional.of(Duration.ofSeconds(seconds)), "Established", true,
                prefixesIn, prefixesOut, false, false);
    }

    private static PeerSummary never(String address, String state) {
        return new PeerSummary(Hosts.address(address), Optional.empty(), 31898, 0, 0, 0, 0, Optional.empty(), state, false, 0, 0, true, true);
    }

    private static Summary summary(PeerSummary... peers) {
        return new Summary(AddressFamily.IPV4_UNICAST, ROUTER_ID, 65000, 3, 5, List.of(peers));
    }

    private static String text(Summary summary) {
        return new BgpSummaryView(summary, BgpSummaryView.Columns.UNTIL_8_0, BgpNotes.NONE).text();
    }

    private static List<String> peerLines(String text) {
        return text.lines().dropWhile(line -> !line.startsWith("Neighbor")).takeWhile(line -> !line.isEmpty()).toList();
    }

    @Test void theFixtureIsTheArticles() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(ARTICLES.getBytes(StandardCharsets.UTF_8));
        assertEquals(ARTICLES_SHA256, HexFormat.of().formatHex(digest));
    }

    @Test void withTheArticlesNumbersTheTextIsTheArticles() {
        String text = text(summary(established("192.168.254.2", 3, 4, 17, 2, 1), established("192.168.254.6", 3, 4, 17, 2, 1)));
        String shown = ARTICLES.substring(ARTICLES.indexOf("\nIPv4 Unicast Summary"), ARTICLES.lastIndexOf('$'));
        assertEquals(shown, text);
    }

    @Test void from81OnTheTextIsThatOfFrr84() {
        var peers = List.of(established("192.168.254.2", 4, 5, 57, 2, 2), established("192.168.254.6", 4, 5, 57, 2, 2), never("192.168.254.10", "Active"));
        assertEquals(Vectors.frr("show-bgp-summary.txt"), new BgpSummaryView(new Summary(AddressFamily.IPV4_UNICAST, ROUTER_ID, 65000, 4, 7, peers), BgpSummaryView.Columns.SINCE_8_1, BgpNotes.NONE).text());
    }

    @Test void theJsonIsFrrs() {
        var peers = List.of(established("192.168.254.2", 4, 5, 58, 2, 2), established("192.168.254.6", 4, 5, 58, 2, 2), never("192.168.254.10", "Active"));
        FrrJson.assertSame(Vectors.frr("show-bgp-summary.json"),
                Set.of("hostname", "peerUptimeEstablishedEpoch", "connectionsEstablished", "connectionsDropped", "bestPath"),
                new BgpSummaryView(new Summary(AddressFamily.IPV4_UNICAST, ROUTER_ID, 65000, 4, 7, peers), BgpSummaryView.Columns.SINCE_8_1, BgpNotes.NONE));
    }

    /** FRR 8.4.4: {@code 192.168.254.200 4      31898}. */
    @Test void anAddressOfFifteenCharactersStaysInItsColumn() {
        var lines = peerLines(text(summary(never("192.168.254.200", "Idle (Admin)"))));
        assertEquals("Neighbor        V         AS   MsgRcvd   MsgSent   TblVer  InQ OutQ  Up/Down State/PfxRcd   PfxSnt", lines.getFirst());
        assertEquals("192.168.254.200 4      31898         0         0        0    0    0    never Idle (Admin)        0", lines.get(1));
    }

    @Test void aPeerWithoutPolicyShowsSoInsteadOfCounts() {
        var peer = new PeerSummary(Hosts.address("192.168.254.2"), Optional.of("OCI"), 4200000001L, 1, 2, 4, 5, Optional.of(Duration.ofDays(2)), "Established", true,
                6, 7, true, true);
        assertEquals("192.168.254.2   4 4200000001         1         2        0    4    5 2d00h00m     (Policy) (Policy)",
                peerLines(text(summary(peer))).get(1));
    }
}
