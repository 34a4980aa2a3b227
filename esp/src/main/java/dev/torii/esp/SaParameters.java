package dev.torii.esp;

import java.util.Arrays;
import java.util.List;

/**
 * What the packet path must know of one direction of a negotiated SA. Holds a copy of the key material until {@link #close};
 * an SA made of it has its own copy.
 */
public final class SaParameters implements AutoCloseable {
    /** The replay window where nothing else is asked for, in packets. */
    public static final int DEFAULT_REPLAY_WINDOW = 1024;

    private final int spi;
    private final Suite suite;
    private final byte[] keyMaterial;
    private final List<Selectors> selectors;
    private final int replayWindow;
    private final boolean extendedSequence;

    /** Without extended sequence numbers. See the other constructor. */
    public SaParameters(int spi, Suite suite, byte[] keyMaterial, List<Selectors> selectors, int replayWindow) {
        this(spi, suite, keyMaterial, selectors, replayWindow, false);
    }

    /**
     * @param keyMaterial  key, then salt: {@link Suite#keyMaterialBytes} bytes; copied
     * @param selectors    from our point of view in both directions; a packet that one of them covers is carried
     * @param replayWindow packets, 0 (no replay protection) to {@link ReplayWindow#MAX_SIZE}; only an inbound SA uses it
     * @param extendedSequence sequence numbers of 64 bits (RFC 4303, section 2.2.1), which need a replay window
     */
    public SaParameters(int spi, Suite suite, byte[] keyMaterial, List<Selectors> selectors, int replayWindow, boolean extendedSequence) {
        if (spi >= 0 && spi <= 255) throw new IllegalArgumentException("SPI " + spi + " is reserved");      // RFC 4303, section 2.1
        if (keyMaterial.length != suite.keyMaterialBytes()) {
            throw new IllegalArgumentException(
                    suite + " takes " + suite.keyMaterialBytes() + " bytes of key material, not " + keyMaterial.length);
        }
        if (selectors.isEmpty()) throw new IllegalArgumentException("no selectors");
        if (replayWindow < 0 || replayWindow > ReplayWindow.MAX_SIZE) throw new IllegalArgumentException("replay window " + replayWindow);
        if (extendedSequence && replayWindow == 0) throw new IllegalArgumentException("extended sequence numbers without a replay window");
        this.spi = spi;
        this.extendedSequence = extendedSequence;
        this.suite = suite;
        this.keyMaterial = keyMaterial.clone();
        this.selectors = List.copyOf(selectors);
        this.replayWindow = replayWindow;
    }

    public int spi() {
        return spi;
    }

    public Suite suite() {
        return suite;
    }

    public List<Selectors> selectors() {
        return selectors;
    }

    /** In packets. */
    public int replayWindow() {
        return replayWindow;
    }

    /** Whether sequence numbers have 64 bits. */
    public boolean extendedSequence() {
        return extendedSequence;
    }

    PacketCipher cipher(AeadProvider aeads) {
        return suite.cipher(keyMaterial, extendedSequence, aeads);
    }

    /** Overwrites the copy of the key material. */
    @Override public void close() {
        Arrays.fill(keyMaterial, (byte) 0);
    }

    @Override public String toString() {
        return "SPI " + Integer.toHexString(spi) + ", " + suite + ", " + selectors;
    }
}
