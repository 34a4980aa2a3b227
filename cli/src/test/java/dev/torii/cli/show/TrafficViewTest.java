package dev.torii.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.cli.show.TrafficView.Carried;
import dev.torii.cli.show.TrafficView.Sa;
import dev.torii.cli.show.TrafficView.Tunnel;
import dev.torii.esp.Verdict;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TrafficViewTest {
    private static final Carried IN = new Carried(7, 588, drops(), Optional.of(Duration.ofSeconds(3)));
    private static Map<Verdict, Long> drops() {
        var drops = new EnumMap<Verdict, Long>(Verdict.class);
        drops.put(Verdict.REPLAYED, 2L);
        drops.put(Verdict.PROBE, 3L);
        return drops;
    }

    private static final Carried OUT = new Carried(8, 672, Map.of(), Optional.of(Duration.ofMillis(1500)));
    private static final Carried NOTHING = new Carried(0, 0, Map.of(), Optional.empty());

    private static final TrafficView VIEW = new TrafficView(List.of(
            new Tunnel("oci-1", "vti01", new Carried(1_000_007, 1_400_000_588, Map.of(Verdict.BAD_ICV, 4L), Optional.of(Duration.ofSeconds(3))),
                    new Carried(8, 672, Map.of(Verdict.NO_SA, 9L), Optional.of(Duration.ofMillis(1500))),
                    List.of(new Sa(false, "00000022", "aes_gcm256", OUT), new Sa(true, "00000011", "aes_gcm256", IN))),
            new Tunnel("oracle-tunnel-2", "vti02", NOTHING, NOTHING, List.of())), Map.of(Verdict.UNKNOWN_SPI, 5L));

    @Test void aTunnelsTotalsStandBeforeItsSasAndTheReasonsAfterThem() {
        assertEquals("""
                Tunnel           SPI       Dir  Suite                         Packets            Bytes   Replay   Errors  Last use
                oci-1            total     in   vti01                         1000007       1400000588        0        4  00:00:03
                                 00000011  in   aes_gcm256                          7              588        2        0  00:00:03
                                 total     out  vti01                               8              672        0        9  00:00:01
                                 00000022  out  aes_gcm256                          8              672        0        0  00:00:01
                                 dropped in: bad_icv 4
                                 dropped out: no_sa 9
                oracle-tunnel-2  total     in   vti02                               0                0        0        0  never
                                 total     out  vti02                               0                0        0        0  never
                dropped before any tunnel: unknown_spi 5
                """, VIEW.text());
    }

    @Test void theJsonSaysTheSame() {
        var json = FrrJson.parse(VIEW.jsonText());
        var first = json.get("tunnels").get(0);
        assertEquals("{\"packets\":1000007,\"bytes\":1400000588,\"replayed\":0,\"errors\":4,\"drops\":{\"bad_icv\":4},\"idleMillis\":3000}",
                first.get("in").toString());
        assertEquals("{\"spi\":\"00000011\",\"direction\":\"in\",\"suite\":\"aes_gcm256\",\"packets\":7,\"bytes\":588,\"replayed\":2,\"errors\":0,"
                + "\"drops\":{\"replayed\":2,\"probe\":3},\"idleMillis\":3000}", first.get("sas").get(1).toString());
        assertEquals("{\"packets\":0,\"bytes\":0,\"replayed\":0,\"errors\":0,\"drops\":{}}", json.get("tunnels").get(1).get("in").toString());
        assertEquals("{\"unknown_spi\":5}", json.get("droppedBeforeAnyTunnel").toString());
    }
}
