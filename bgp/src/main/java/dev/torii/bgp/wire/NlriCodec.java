package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Prefixes as RFC 4271 section 4.3 and RFC 4760 section 5 write them: length in bits, then as few octets as that needs. */
final class NlriCodec {
    private NlriCodec() {}

    /** RFC 7606 section 5.3: a list that cannot be read ends the session. */
    static List<Prefix> decode(ByteBuffer in, boolean ipv6, int errorSubcode) throws BgpDecodeException {
        if (!in.hasRemaining()) return List.of();
        var prefixes = new ArrayList<Prefix>();
        while (in.hasRemaining()) {
            int length = Byte.toUnsignedInt(in.get());
            int octets = (length + 7) / 8;
            if (length > (ipv6 ? 128 : 32) || octets > in.remaining())
                throw new BgpDecodeException(Iana.UPDATE_ERROR, errorSubcode, "prefix length " + length + " with " + in.remaining() + " octets left");
            long high = 0, low = 0;
            for (int i = 0; i < octets; i++) {
                long octet = Byte.toUnsignedLong(in.get());
                if (i < 8) high |= octet << (56 - 8 * i);
                else low |= octet << (120 - 8 * i);
            }
            prefixes.add(new Prefix(ipv6, high, low, length));
        }
        return prefixes;
    }

    static int size(Prefix prefix) { return 1 + (prefix.length() + 7) / 8; }

    static void encode(Prefix prefix, ByteBuffer out) {
        out.put((byte) prefix.length());
        int octets = (prefix.length() + 7) / 8;
        for (int i = 0; i < octets; i++) out.put((byte) (i < 8 ? prefix.high() >>> (56 - 8 * i) : prefix.low() >>> (120 - 8 * i)));
    }

    static void encode(List<Prefix> prefixes, ByteBuffer out) {
        for (Prefix prefix : prefixes) encode(prefix, out);
    }
}
