package dev.torii.esp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A link that loses, repeats, delays and spoils datagrams: each packet arrives once or not at all, and as it was sent. */
class ImpairedLinkTest {
    private static final int PACKETS = 4000;
    private static final int WINDOW = 256;
    private static final int NUMBER_AT = 24;                        // in a packet, behind the ports

    /** What a link does, in percent of the datagrams; how late one may be, in datagrams. */
    private record Link(int loss, int duplication, int corruption, int late) {}

    /** One datagram on its way. */
    private record Flying(int sent, double arrives, byte[] bytes, boolean spoiled) {}

    private final Random random = new Random(7);
    private final SaDatabase ours = new SaDatabase();
    private final SaDatabase theirs = new SaDatabase();
    private final DropCounters drops = new DropCounters();
    private final List<byte[]> sealed = new ArrayList<>();
    private final int[] arrived = new int[PACKETS];
    private final byte[][] sent = new byte[PACKETS][];
    private int next;

    private final Dataplane dataplane = new Dataplane(ours, 32, 1500, () -> 0);
    private final OutboundLoop out = Loops.outbound(dataplane, 0, this::read, drops, dataplane.outboundBuffers());
    private final InboundLoop in = Loops.inbound(new Dataplane(theirs, 32, 1500, () -> 0), tunnel -> this::write, drops);

    private int read(ByteBuffer[] packets) {
        int read = 0;
        while (read < packets.length && next < PACKETS) {
            var packet = Packets.ipv4(28 + random.nextInt(1000)).putInt(NUMBER_AT, next);
            sent[next++] = Packets.bytes(packet);
            packets[read++].put(packet).flip();
        }
        return read;
    }

    private void write(ByteBuffer[] packets, int count) {
        for (int i = 0; i < count; i++) {
            int number = packets[i].getInt(packets[i].position() + NUMBER_AT);
            assertArrayEquals(sent[number], Packets.bytes(packets[i]), "packet " + number);
            arrived[number]++;
        }
    }

    private void connect(Suite suite) {
        var parameters = new SaParameters(0x1001, suite, Sas.keyMaterial(0x1001, suite), List.of(Sas.ALL4), WINDOW);
        ours.installOutbound(0, new OutboundSa(parameters), (datagrams, count, trafficClass) -> {
            for (int i = 0; i < count; i++) sealed.add(Packets.bytes(datagrams[i]));
        });
        theirs.installInbound(0, new InboundSa(parameters));
        while (out.poll() > 0) continue;
    }

    /** In the order in which it delivers them. */
    private List<Flying> over(Link link) {
        var flying = new ArrayList<Flying>();
        for (int i = 0; i < PACKETS; i++) {
            if (random.nextInt(100) < link.loss()) continue;
            for (int copies = random.nextInt(100) < link.duplication() ? 2 : 1; copies > 0; copies--) {
                byte[] bytes = sealed.get(i).clone();
                boolean spoiled = random.nextInt(100) < link.corruption();
                if (spoiled) bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                flying.add(new Flying(i, i + random.nextDouble() * link.late(), bytes, spoiled));
            }
        }
        flying.sort(Comparator.comparingDouble(Flying::arrives));
        return flying;
    }

    @ParameterizedTest
    @EnumSource
    void whatStaysWithinTheWindowArrivesExactlyOnce(Suite suite) {
        connect(suite);
        for (var link : List.of(new Link(1, 1, 1, 2), new Link(30, 20, 10, WINDOW / 2), new Link(10, 100, 0, WINDOW - 1))) {
            int[] good = new int[PACKETS];
            theirs.installInbound(0, new InboundSa(new SaParameters(0x1001, suite, Sas.keyMaterial(0x1001, suite), List.of(Sas.ALL4), WINDOW)));
            Arrays.fill(arrived, 0);
            for (Flying each : over(link)) {
                if (!each.spoiled()) good[each.sent()] = 1;
                in.receive(ByteBuffer.wrap(each.bytes()), 0);
            }
            in.flush();
            assertArrayEquals(good, arrived, link.toString());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AES_256_GCM_16", "AES_128_CBC_HMAC_SHA1_96"})
    void whatIsFarTooLateIsDroppedAndNothingArrivesTwice(Suite suite) {
        connect(suite);
        var flying = over(new Link(10, 30, 5, 20 * WINDOW));
        flying.forEach(each -> in.receive(ByteBuffer.wrap(each.bytes()), 0));
        in.flush();
        int once = 0;
        for (int times : arrived) {
            assertTrue(times <= 1, "a packet arrived " + times + " times");
            once += times;
        }
        assertTrue(drops.of(Verdict.REPLAYED) > PACKETS / 10, drops.toString());
        assertEquals(flying.size(), once + drops.total(), drops.toString());
        assertEquals(once, theirs.totalIn(0).packets());
    }
}
