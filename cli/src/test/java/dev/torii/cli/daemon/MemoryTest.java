package dev.torii.cli.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.cli.rib.Hosts;
import dev.torii.esp.OutboundSa;
import dev.torii.esp.SaDatabase;
import dev.torii.esp.SaParameters;
import dev.torii.esp.Verdict;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeSession;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Secret;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an established connection keeps on the heap: an IKE SA, and its child's two SAs with replay window, counters and ciphers that have been used. */
class MemoryTest {
    private static final int PAIRS = 100;
    private static final int LIMIT = 15 * 1024;
    private static final InetAddress LEFT = Hosts.address("198.51.100.1");
    private static final InetAddress RIGHT = Hosts.address("198.51.100.2");

    private final IkeCrypto crypto = new BouncyCastleCrypto(new SecureRandom());
    private final SaDatabase sad = new SaDatabase();
    private final Queue<Runnable> underWay = new ArrayDeque<>();

    /** One side of a tunnel and what carries out its effects, without timers. */
    private final class End {
        private final int tunnel;
        private final IkeSession session;
        private final SaInstaller installer;
        private End peer = this;

        End(int tunnel, IkeConfig config) {
            this.tunnel = tunnel;
            this.session = new IkeSession(config, crypto);
            this.installer = new SaInstaller(sad, tunnel, SaParameters.DEFAULT_REPLAY_WINDOW, path -> (datagrams, count, trafficClass) -> { });
        }

        void step(Event event) {
            for (Effect effect : session.step(event)) {
                switch (effect) {
                    case Effect.Send(Path path, Octets message) ->
                            underWay.add(() -> peer.step(new Event.Received(new Path(path.remote(), path.local()), message)));
                    case Effect.IkeUp(var sa) -> sa.keys().erase();
                    case Effect.InstallInbound(var child) -> erased(child.inboundKey(), () -> installer.installInbound(child));
                    case Effect.InstallOutbound(var child) -> erased(child.outboundKey(), () -> installer.installOutbound(child));
                    default -> { }
                }
            }
        }

        private void erased(Secret key, Runnable use) {
            use.run();
            key.erase();
        }

        void carryAPacket() {
            var packet = ByteBuffer.allocate(20 + OutboundSa.TRAILER).put(0, (byte) 0x45).putShort(2, (short) 20).limit(20);
            var datagram = ByteBuffer.allocate(20 + OutboundSa.OVERHEAD);
            assertEquals(Verdict.SEALED, sad.outbound(tunnel).getFirst().seal(packet, datagram));
            assertEquals(Verdict.OPENED, sad.inbound(peer.tunnel).getFirst().open(datagram.flip(), ByteBuffer.allocate(20 + OutboundSa.OVERHEAD)));
        }
    }

    @ParameterizedTest
    @EnumSource(IkeVersion.class)
    void aConnectionTakesAtMostFifteenKilobytesOfHeap(IkeVersion version) {
        var left = Conns.between("left", version, LEFT, RIGHT, true, Duration.ofSeconds(10));
        var right = Conns.between("right", version, RIGHT, LEFT, false, Duration.ofSeconds(10));
        establish(0, left, right);                                          // what is loaded once
        long before = usedHeap();
        var ends = new ArrayList<End>();
        for (int i = 1; i <= PAIRS; i++) ends.addAll(establish(2 * i, left, right));
        long each = (usedHeap() - before) / ends.size();
        assertEquals(2 * PAIRS, ends.size());
        ends.clear();
        long sas = (usedHeap() - before) / (2 * PAIRS);
        assertTrue(each > 2000, version + ": " + each + " bytes can hardly be all");
        assertTrue(each <= LIMIT, version + ": " + each + " bytes");
        assertTrue(sas <= 6 * 1024, version + ": " + sas + " bytes of it in esp's SAs");
    }

    private List<End> establish(int tunnel, IkeConfig left, IkeConfig right) {
        var one = new End(tunnel, left);
        var other = new End(tunnel + 1, right);
        one.peer = other;
        other.peer = one;
        one.step(new Event.Start(LEFT, RIGHT));
        while (!underWay.isEmpty()) underWay.remove().run();
        one.carryAPacket();
        other.carryAPacket();
        return List.of(one, other);
    }

    private static long usedHeap() {
        var memory = ManagementFactory.getMemoryMXBean();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            memory.gc();
            least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
