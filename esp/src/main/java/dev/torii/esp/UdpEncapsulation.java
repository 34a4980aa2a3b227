package dev.torii.esp;

import java.nio.ByteBuffer;

/** Telling apart what arrives on port 4500: RFC 3948, section 2. */
public final class UdpEncapsulation {
    /** Bytes of zero before an IKE message on port 4500 (RFC 3948, section 2.2). */
    public static final int NON_ESP_MARKER_BYTES = 4;
    /** The one byte of a NAT keepalive (RFC 3948, section 2.3). */
    public static final byte KEEPALIVE = (byte) 0xFF;

    private UdpEncapsulation() {}

    /** What a datagram on port 4500 is. */
    public enum Kind {
        /** An IKE message after a non-ESP marker. */
        IKE,
        /** ESP: begins with a non-zero SPI. */
        ESP,
        /** A NAT keepalive: ignored. */
        KEEPALIVE,
        /** Too short to be any of these. */
        RUNT
    }

    /** Looks at the bytes between position and limit, and moves neither. */
    public static Kind classify(ByteBuffer datagram) {
        int length = datagram.remaining();
        int at = datagram.position();
        if (length < NON_ESP_MARKER_BYTES) return length == 1 && datagram.get(at) == KEEPALIVE ? Kind.KEEPALIVE : Kind.RUNT;
        boolean marker = (datagram.get(at) | datagram.get(at + 1) | datagram.get(at + 2) | datagram.get(at + 3)) == 0;
        return marker ? Kind.IKE : Kind.ESP;
    }

    /** Writes the non-ESP marker that goes before an IKE message on port 4500. */
    public static void putNonEspMarker(ByteBuffer out) {
        for (int i = 0; i < NON_ESP_MARKER_BYTES; i++) out.put((byte) 0);
    }
}
