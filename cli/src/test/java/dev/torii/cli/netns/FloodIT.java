package dev.torii.cli.netns;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Ike;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.ToriiOciSide;
import dev.torii.cli.lab.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** First messages by the thousand, from strangers and in the peer's own name, at both head ends: tunnels carry on, and new ones come up. */
@Tag(NamespaceTest.ALONE)
@NamespaceTest
class FloodIT {
    private static final String PREFIX = "tb-flood";
    private static final String INTERNET = "198.51.100.1";
    private static final int A_SECOND = 1000;
    private static final int SECONDS = 20;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    @ParameterizedTest
    @EnumSource(Ike.class)
    void noPingIsLostTunnelsComeUpAndMemoryIsFlat(Ike ike) throws Exception {
        try (var vpn = Vpn.network(PREFIX, Mode.STATIC, ike)) {
            var oci = (ToriiOciSide) vpn.torii();
            var cpe = vpn.startCpe();
            vpn.awaitBothNextHops(cpe);
            vpn.awaitPing(cpe);
            byte[] first = Forgery.messages1OfTheCpe(vpn, 1).getFirst();
            flood(vpn, oci, ike, first, 2);                                 // the heap grows to what it needs
            long resident = resident(oci.headEnd(1));
            var sent = new AtomicInteger();
            var floods = Thread.ofPlatform().start(() -> sent.set(flood(vpn, oci, ike, first, SECONDS)));
            int setUps = 0;
            while (floods.isAlive()) {
                cpe.torii("down", "oracle-tunnel-2").orFail("torii down");
                cpe.torii("up", "oracle-tunnel-2").orFail("torii up");
                setUps++;
                var ping = Ping.start(vpn.namespaces(), "lic", Topology.COMPUTE, Duration.ofMillis(50));
                Await.until("replies", Vpn.UP, () -> ping.replies() > 20, vpn.evidence(cpe));
                var figures = ping.stop();
                assertEquals(0, figures.lost(), figures.toString());
            }
            floods.join();
            var status = new ObjectMapper().readTree(oci.headEnd(1).torii("status", "--json").orFail("status").out());
            var halfOpen = status.path("connections").path(0).path("ikeSas");
            System.out.printf("IKE%s: %d first messages in %d s, %d set-ups meanwhile, %d IKE SAs and half-open, resident %d -> %d MB%n",
                    ike, sent.get(), SECONDS, setUps, halfOpen.size(), resident >> 10, resident(oci.headEnd(1)) >> 10);
            assertTrue(sent.get() > SECONDS * A_SECOND, sent + " sent");
            assertTrue(setUps > 0);
            assertTrue(halfOpen.size() <= 40, halfOpen.size() + " half-open");
            assertTrue(resident(oci.headEnd(1)) - resident < 64 << 10, "memory grows");
        }
    }

    /** With IKEv1 the one that is to begin is not flooded in its own name: nothing would let it through (README of ike). */
    private static int flood(Vpn vpn, ToriiOciSide oci, Ike ike, byte[] first, int seconds) {
        var sent = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int headEnd : List.of(1, 2)) {
            var to = Topology.headEndAddress(headEnd);
            threads.add(Thread.ofPlatform().start(() -> sent.addAndGet(
                    new Stranger(vpn.namespaces(), "inet").firstMessages(INTERNET, to, first.clone(), A_SECOND, seconds))));
            if (headEnd == 1 || ike == Ike.V2) {
                threads.add(Thread.ofPlatform().start(() -> sent.addAndGet(
                        new Stranger(vpn.namespaces(), "nat").firstMessages(Topology.CPE_PUBLIC, to, first.clone(), A_SECOND, seconds))));
            }
        }
        try {
            for (Thread thread : threads) thread.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return sent.get();
    }

    private static long resident(ToriiDaemon daemon) throws IOException {
        var found = RESIDENT.matcher(Files.readString(Path.of("/proc", Long.toString(daemon.job().pid()), "status")));
        assertTrue(found.find());
        return Long.parseLong(found.group(1));
    }
}
