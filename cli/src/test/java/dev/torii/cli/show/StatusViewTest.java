package dev.torii.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.rib.Hosts;
import dev.torii.cli.show.StatusView.Connection;
import dev.torii.cli.show.StatusView.Suspect;
import dev.torii.cli.show.StatusView.Traffic;
import dev.torii.esp.Verdict;
import dev.torii.ike.Cookie;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.Identity;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StatusViewTest {
    private static final Path PATH = new Path(new InetSocketAddress("10.0.0.10", 4500), new InetSocketAddress("203.0.113.11", 4500));

    private static IkeStatus up() {
        return new IkeStatus("oci-tunnel1", IkeStatus.State.UP,
                List.of(new IkeStatus.Ike(new Cookie(1), new Cookie(2), true, true, "aes256-sha2_384;modp1536", PATH, true, false,
                        Optional.of(new IkeStatus.Peer(Identity.fqdn("peer"), "pre-shared key")))),
                List.of(new IkeStatus.Child(new Spi(0x11), new Spi(0x22), "aes_gcm256", "0.0.0.0/0", "0.0.0.0/0", true, true, true)),
                Optional.of("old news"), 0);
    }

    private static IkeStatus waiting() {
        return new IkeStatus("oci-tunnel2", IkeStatus.State.WAITING, List.of(), List.of(), Optional.of("NO-PROPOSAL-CHOSEN from the peer"), 3);
    }

    private static Connection connection(String name, boolean up, Optional<IkeStatus> ike) {
        return connection(name, up, Optional.empty(), ike);
    }

    private static Connection connection(String name, boolean up, Optional<Suspect> suspect, Optional<IkeStatus> ike) {
        return new Connection(name, "vti1", Optional.of(Hosts.address("10.0.0.10")), "203.0.113.5", Optional.of(Hosts.address("203.0.113.11")), "203.0.113.11",
                "0.0.0.0/0", "0.0.0.0/0", up, suspect, true, false, ike, up ? Map.of(0x11, new Traffic(7, 588, Map.of(Verdict.REPLAYED, 2L))) : Map.of(),
                up ? Map.of(0x22, new Traffic(8, 672, Map.of())) : Map.of(), Map.of());
    }

    private static final StatusView VIEW = new StatusView(
            List.of(connection("oci-tunnel1", true, Optional.of(up())), connection("oci-tunnel2", false, Optional.of(waiting()))),
            List.of(Hosts.address("10.0.0.10")), Map.of("ike_malformed", 5L), List.of("net.ipv4.ip_forward is 0"));

    @Test void theLastLineIsTheContractsTotal() {
        assertTrue(VIEW.text().endsWith("\nTotal IPsec connections: loaded 2, active 1\n"), VIEW::text);
        assertEquals("Total IPsec connections: loaded 0, active 0\n", new StatusView(List.of(), List.of(), Map.of(), List.of()).text());
    }

    @Test void aConnectionThatIsUpShowsItsSasAndWhatTheyCarried() {
        assertTrue(VIEW.text().contains("\"oci-tunnel1\": up, vti1, 0.0.0.0/0===10.0.0.10[203.0.113.5]...203.0.113.11===0.0.0.0/0\n"), VIEW::text);
        assertTrue(VIEW.text().contains("        peer @peer, authenticated by pre-shared key\n"), VIEW::text);
        assertTrue(VIEW.text().contains("    IPsec SA aes_gcm256 in UDP, in 00000011 7 packets 588 bytes, out 00000022 8 packets 672 bytes\n"), VIEW::text);
        assertTrue(VIEW.text().contains("        dropped on the way in: replayed 2\n"), VIEW::text);
        assertTrue(!VIEW.text().contains("old news"), "a failure that is over is not shown");
    }

    @Test void anSaForPartOfTheConnectionShowsWhichPart() {
        var part = new IkeStatus("c", IkeStatus.State.UP, List.of(), List.of(
                new IkeStatus.Child(new Spi(0x11), new Spi(0x22), "aes_gcm256", "0.0.0.0/0", "10.0.2.0/24", true, true, true)), Optional.empty(), 0);
        var text = new StatusView(List.of(connection("c", true, Optional.of(part))), List.of(), Map.of(), List.of()).text();
        assertTrue(text.contains("    IPsec SA aes_gcm256 in UDP, 0.0.0.0/0===10.0.2.0/24, in 00000011 7 packets"), text);
    }

    @Test void aConnectionThatIsNotUpShowsWhy() {
        assertTrue(VIEW.text().contains("\"oci-tunnel2\": waiting, "), VIEW::text);
        assertTrue(VIEW.text().contains("    last failure: NO-PROPOSAL-CHOSEN from the peer\n"), VIEW::text);
        assertTrue(VIEW.text().contains("not used: ike_malformed 5\n"), VIEW::text);
        assertTrue(VIEW.text().contains("note: net.ipv4.ip_forward is 0\n"), VIEW::text);
    }

    @Test void aSuspectSaysSoInWords() {
        var view = new StatusView(List.of(connection("c", true, Optional.of(new Suspect(Duration.ofMillis(2345), true)), Optional.of(up())),
                connection("d", true, Optional.of(new Suspect(Duration.ofSeconds(1), false)), Optional.of(up()))), List.of(), Map.of(), List.of());
        assertTrue(view.text().contains("\"c\": suspect, vti1, "), view::text);
        String words = "    suspect for %s s: the peer answers no question; %s\n";
        assertTrue(view.text().contains(words.formatted("2.3", "what goes over it takes other tunnels until it is heard again")), view::text);
        assertTrue(view.text().contains(words.formatted("1.0", "no other tunnel can take what goes over it, so it stays in use")), view::text);
        assertTrue(view.text().endsWith("loaded 2, active 2\n"), "its SAs are there");
        var json = FrrJson.parse(view.jsonText()).get("connections").get(0);
        assertEquals(List.of("\"suspect\"", "true", "2.345", "true"),
                Stream.of("state", "up", "suspectSeconds", "withdrawn").map(field -> json.get(field).toString()).toList());
    }

    @Test void withoutALocalAddressThereIsNoIkeToShow() {
        assertEquals("no local address", connection("c", false, Optional.empty()).state());
    }

    @Test void whatWaitsForItsFirstPacketSaysSo() {
        var idle = Optional.of(new IkeStatus("c", IkeStatus.State.IDLE, List.of(), List.of(), Optional.empty(), 0));
        assertEquals(List.of("on demand", "waiting", "down"), Stream.of(List.of(false, true), List.of(true, false), List.of(false, false))
                .map(of -> new Connection("c", "vti1", Optional.empty(), "a", Optional.empty(), "b", "0.0.0.0/0", "0.0.0.0/0", false,
                        Optional.empty(), of.get(0), of.get(1), idle, Map.of(), Map.of(), Map.of()).state()).toList());
    }

    @Test void theJsonSaysTheSame() {
        var json = FrrJson.parse(VIEW.jsonText());
        assertEquals("{\"loaded\":2,\"active\":1}", json.get("total").toString());
        var first = json.get("connections").get(0);
        assertEquals("up", first.get("state").asText());
        assertEquals(7, first.get("packetsIn").asLong());
        assertEquals("{\"spi\":\"00000011\",\"packets\":7,\"bytes\":588,\"drops\":{\"replayed\":2}}", first.get("children").get(0).get("inbound").toString());
        assertEquals("NO-PROPOSAL-CHOSEN from the peer", json.get("connections").get(1).get("lastFailure").asText());
        assertEquals(5, json.get("notUsed").get("ike_malformed").asLong());
    }
}
