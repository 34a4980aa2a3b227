package dev.torii.esp;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What comes from the network, from a TUN, or out of a sound ESP packet of a peer with other manners: every byte has a verdict, and what is passed on is a
 * packet.
 */
public final class PacketFuzz {
    private static final int MOST = 2100;

    private PacketFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) return;
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        switch (input[0] & 3) {
            case 0 -> header(ByteBuffer.wrap(rest));
            case 1 -> datagram(rest);
            case 2 -> authentic(rest);
            default -> fromTun(rest);
        }
    }

    private static void header(ByteBuffer packet) {
        var header = new PacketHeader();
        boolean sound = header.parse(packet);
        if (sound && header.totalBytes() > packet.remaining()) {
            throw new AssertionError("a packet of " + header.totalBytes() + " bytes in " + packet.remaining());
        }
        if (sound) {
            Sas.ALL4.coverOutbound(header);
            Sas.ALL6.coverOutbound(header);
        }
        if (packet.position() != 0) throw new AssertionError("looking has moved the packet");
    }

    private static void datagram(byte[] bytes) {
        UdpEncapsulation.classify(ByteBuffer.wrap(bytes));
        var out = ByteBuffer.allocate(MOST);
        var verdict = Sas.inbound(Sas.SPI, Sas.ALL4, Sas.ALL6).open(ByteBuffer.wrap(bytes), out);
        if (verdict == Verdict.OPENED) throw new AssertionError("opened without the key");
    }

    /** As if sealed by a peer that has the key. */
    private static void authentic(byte[] plain) {
        var out = ByteBuffer.allocate(MOST);
        var verdict = Sas.inbound(Sas.SPI, Sas.ALL4, Sas.ALL6).open(Sas.sealRaw(Sas.SPI, 1, plain), out);
        if (verdict == Verdict.OPENED && !new PacketHeader().parse(out)) throw new AssertionError("opened what is no packet");
    }

    private static void fromTun(byte[] bytes) {
        var packet = ByteBuffer.allocate(bytes.length + OutboundSa.TRAILER).put(bytes).flip();
        var header = new PacketHeader();
        if (!header.parse(packet)) return;
        var sealed = ByteBuffer.allocate(MOST + OutboundSa.OVERHEAD);
        if (Sas.outbound(Sas.SPI, Sas.ALL4, Sas.ALL6).seal(packet, sealed) != Verdict.SEALED) return;
        Sas.inbound(Sas.SPI, Sas.ALL4, Sas.ALL6).open(sealed.flip(), ByteBuffer.allocate(MOST));
    }
}
