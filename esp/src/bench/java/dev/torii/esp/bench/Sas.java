package dev.torii.esp.bench;

import dev.torii.esp.OutboundSa;
import dev.torii.esp.SaParameters;
import dev.torii.esp.Selector;
import dev.torii.esp.Selectors;
import dev.torii.esp.Suite;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;

/** SAs and packets to measure with. */
final class Sas {
    private Sas() {}

    /** For any IPv4 packet. */
    static SaParameters parameters(Suite suite, int replayWindow) {
        try {
            var any = Selector.ofPrefix(InetAddress.getByAddress(new byte[4]), 0);
            byte[] key = new byte[suite.keyMaterialBytes()];
            for (int i = 0; i < key.length; i++) key[i] = (byte) (i * 7);
            return new SaParameters(0x1000, suite, key, List.of(new Selectors(any, any)), replayWindow);
        } catch (UnknownHostException notAnAddress) {
            throw new AssertionError(notAnAddress);
        }
    }

    /** An IPv4 packet of so many bytes, with room for the trailer. */
    static ByteBuffer packet(int bytes) {
        return ByteBuffer.allocate(bytes + OutboundSa.TRAILER).put(0, (byte) 0x45).putShort(2, (short) bytes).put(9, (byte) 17).limit(bytes);
    }
}
