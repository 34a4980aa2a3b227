package dev.torii.esp;

import java.nio.ByteBuffer;
import java.util.List;

/** SAs for tests: keys that follow from the SPI, both directions of it. */
final class Sas {
    static final int SPI = 0xC0FFEE01;
    static final Selector ANY4 = Selector.ofPrefix(Packets.address("0.0.0.0"), 0);
    static final Selector ANY6 = Selector.ofPrefix(Packets.address("::"), 0);
    static final Selectors ALL4 = new Selectors(ANY4, ANY4);
    static final Selectors ALL6 = new Selectors(ANY6, ANY6);

    private Sas() {}

    static byte[] keyMaterial(int spi, Suite suite) {
        var material = new byte[suite.keyMaterialBytes()];
        for (int i = 0; i < material.length; i++) material[i] = (byte) (spi * 31 + i * 7);
        return material;
    }

    static SaParameters parameters(int spi, Suite suite, Selectors... selectors) {
        return new SaParameters(spi, suite, keyMaterial(spi, suite), List.of(selectors), SaParameters.DEFAULT_REPLAY_WINDOW);
    }

    static SaParameters parameters(int spi, Selectors... selectors) {
        return parameters(spi, Suite.AES_256_GCM_16, selectors);
    }

    static OutboundSa outbound(int spi, Selectors... selectors) {
        return new OutboundSa(parameters(spi, selectors));
    }

    static InboundSa inbound(int spi, Selectors... selectors) {
        return new InboundSa(parameters(spi, selectors));
    }

    static Selectors between(String local, int localLength, String remote, int remoteLength) {
        return new Selectors(
                Selector.ofPrefix(Packets.address(local), localLength), Selector.ofPrefix(Packets.address(remote), remoteLength));
    }

    /** Seals and returns SPI to ICV. */
    static ByteBuffer seal(OutboundSa sa, ByteBuffer packet) {
        var out = ByteBuffer.allocate(packet.remaining() + OutboundSa.OVERHEAD);
        Verdict verdict = sa.seal(packet, out);
        if (verdict != Verdict.SEALED) throw new AssertionError(verdict);
        return out.flip();
    }

    /** An authentic ESP packet around any plaintext, trailer included: what a peer with our key but other manners may send. */
    static ByteBuffer sealRaw(int spi, long sequence, byte... plain) {
        var out = ByteBuffer.allocate(plain.length + OutboundSa.OVERHEAD).putInt(spi).putInt((int) sequence);
        try {
            parameters(spi, ALL4).cipher(AeadProvider.JDK).seal(spi, sequence, ByteBuffer.wrap(plain), out);
        } catch (java.security.GeneralSecurityException noCipher) {
            throw new AssertionError(noCipher);
        }
        return out.flip();
    }
}
