package dev.torii.bgp.wire;

import static dev.torii.bgp.wire.Iana.OPEN_ERROR;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The OPEN message, RFC 4271 section 4.2, and its capabilities, RFC 5492. Checks form; what it means is {@code OpenCheck}'s. */
final class OpenCodec {
    static final int VERSION = 4;

    private static final int CAPABILITIES = 2;                  // the optional parameter type
    private static final int MULTIPROTOCOL = 1, ROUTE_REFRESH = 2, GRACEFUL_RESTART = 64, FOUR_OCTET_AS = 65, ENHANCED_ROUTE_REFRESH = 70;
    private static final int RESTARTED = 0x8000, NOTIFICATION = 0x4000, RESTART_TIME = 0x0FFF, FORWARDING = 0x80;

    private OpenCodec() {}

    static OpenMessage decode(ByteBuffer in) throws BgpDecodeException {
        int version = Byte.toUnsignedInt(in.get());
        if (version != VERSION)                                 // first: another version may have another form
            throw new BgpDecodeException(OPEN_ERROR, Iana.UNSUPPORTED_VERSION, Octets.of((byte) 0, (byte) VERSION), "version " + version);
        int as = Short.toUnsignedInt(in.getShort());
        int hold = Short.toUnsignedInt(in.getShort());
        int identifier = in.getInt();
        int length = Byte.toUnsignedInt(in.get());
        if (length != in.remaining()) throw malformed("optional parameters of " + length + " in " + in.remaining() + " octets");
        var capabilities = new ArrayList<Capability>();
        while (in.hasRemaining()) {
            if (in.remaining() < 2) throw malformed("optional parameter cut short");
            int type = Byte.toUnsignedInt(in.get());
            int size = Byte.toUnsignedInt(in.get());
            if (size > in.remaining()) throw malformed("optional parameter of " + size + " in " + in.remaining() + " octets");
            if (type != CAPABILITIES) throw new BgpDecodeException(OPEN_ERROR, Iana.UNSUPPORTED_PARAMETER, "optional parameter " + type);
            decodeCapabilities(in.slice(in.position(), size), capabilities);
            in.position(in.position() + size);
        }
        return new OpenMessage(version, as, hold, identifier, capabilities);
    }

    private static void decodeCapabilities(ByteBuffer in, List<Capability> to) throws BgpDecodeException {
        while (in.hasRemaining()) {
            if (in.remaining() < 2) throw malformed("capability cut short");
            int code = Byte.toUnsignedInt(in.get());
            int size = Byte.toUnsignedInt(in.get());
            if (size > in.remaining()) throw malformed("capability " + code + " of " + size + " in " + in.remaining() + " octets");
            to.add(decodeCapability(code, in.slice(in.position(), size)));
            in.position(in.position() + size);
        }
    }

    private static Capability decodeCapability(int code, ByteBuffer value) throws BgpDecodeException {
        int size = value.remaining();
        switch (code) {
            case MULTIPROTOCOL -> {
                if (size != 4) throw malformed("multiprotocol capability of " + size + " octets");
                int afi = Short.toUnsignedInt(value.getShort());
                value.get();                                    // reserved: ignored
                return new Capability.Multiprotocol(new AddressFamily(afi, Byte.toUnsignedInt(value.get())));
            }
            case ROUTE_REFRESH -> {
                if (size != 0) throw malformed("route refresh capability of " + size + " octets");
                return new Capability.RouteRefresh();
            }
            case FOUR_OCTET_AS -> {
                if (size != 4) throw malformed("four-octet AS capability of " + size + " octets");
                return new Capability.FourOctetAs(Integer.toUnsignedLong(value.getInt()));
            }
            case ENHANCED_ROUTE_REFRESH -> {
                if (size != 0) throw malformed("enhanced route refresh capability of " + size + " octets");
                return new Capability.EnhancedRouteRefresh();
            }
            case GRACEFUL_RESTART -> {
                if (size < 2 || (size - 2) % 4 != 0) throw malformed("graceful restart capability of " + size + " octets");
                int flags = Short.toUnsignedInt(value.getShort());
                var families = new ArrayList<Capability.PreservedFamily>();
                while (value.hasRemaining()) {
                    var family = new AddressFamily(Short.toUnsignedInt(value.getShort()), Byte.toUnsignedInt(value.get()));
                    families.add(new Capability.PreservedFamily(family, (value.get() & FORWARDING) != 0));
                }
                return new Capability.GracefulRestart((flags & RESTARTED) != 0, (flags & NOTIFICATION) != 0, flags & RESTART_TIME, families);
            }
            default -> { return new Capability.Unknown(code, Octets.rest(value)); }
        }
    }

    static void encode(OpenMessage open, ByteBuffer out) {
        out.put((byte) open.version()).putShort((short) open.myAs()).putShort((short) open.holdTimeSeconds()).putInt(open.identifier());
        int lengthAt = out.position();
        out.put((byte) 0);
        for (Capability capability : open.capabilities()) {     // one parameter each: what every implementation understands
            int start = out.position();
            out.put((byte) CAPABILITIES).put((byte) 0);
            switch (capability) {
                case Capability.Multiprotocol mp ->
                    out.put((byte) MULTIPROTOCOL).put((byte) 4).putShort((short) mp.family().afi()).put((byte) 0).put((byte) mp.family().safi());
                case Capability.RouteRefresh refresh -> out.put((byte) ROUTE_REFRESH).put((byte) 0);
                case Capability.EnhancedRouteRefresh refresh -> out.put((byte) ENHANCED_ROUTE_REFRESH).put((byte) 0);
                case Capability.GracefulRestart restart -> {
                    out.put((byte) GRACEFUL_RESTART).put((byte) (2 + 4 * restart.families().size()));
                    out.putShort((short) ((restart.restarted() ? RESTARTED : 0) | (restart.notification() ? NOTIFICATION : 0) | restart.restartSeconds()));
                    for (var one : restart.families())
                        out.putShort((short) one.family().afi()).put((byte) one.family().safi()).put((byte) (one.forwarding() ? FORWARDING : 0));
                }
                case Capability.FourOctetAs four -> out.put((byte) FOUR_OCTET_AS).put((byte) 4).putInt((int) four.as());
                case Capability.Unknown unknown -> {
                    out.put((byte) unknown.code()).put((byte) unknown.value().length());
                    unknown.value().writeTo(out);
                }
            }
            out.put(start + 1, (byte) (out.position() - start - 2));
        }
        out.put(lengthAt, (byte) (out.position() - lengthAt - 1));
    }

    private static BgpDecodeException malformed(String why) { return new BgpDecodeException(OPEN_ERROR, 0, why); }
}
