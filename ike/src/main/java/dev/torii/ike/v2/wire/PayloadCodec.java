package dev.torii.ike.v2.wire;

import dev.torii.ike.Octets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The payload chain of RFC 7296, section 3.2. Stateless. */
final class PayloadCodec {
    static final int GENERIC_HEADER = 4;
    private static final int MAX_PAYLOADS = 64;     // more is an attack on memory, not a message
    private static final int CRITICAL = 0x80;
    private static final int TS_IPV4 = 7;
    private static final int TS_IPV6 = 8;

    private PayloadCodec() {
    }

    /** Decodes until a payload says that none follows; all bytes must be used. */
    static List<Payload> decode(int firstType, ByteBuffer in) throws Refusal {
        var chain = new ArrayList<Payload>();
        int type = firstType;
        while (type != PayloadType.NONE) {
            if (chain.size() == MAX_PAYLOADS) {
                throw Refusal.syntax("more than " + MAX_PAYLOADS + " payloads");
            }
            need(in, GENERIC_HEADER, "generic header");
            int start = in.position();
            int next = Byte.toUnsignedInt(in.get(start));
            boolean critical = (in.get(start + 1) & CRITICAL) != 0;
            int length = Short.toUnsignedInt(in.getShort(start + 2));
            if (length < GENERIC_HEADER || length > in.remaining()) {
                throw Refusal.syntax("payload " + type + " with length " + length + " where " + in.remaining() + " bytes are left");
            }
            boolean known = type >= PayloadType.SA && type <= PayloadType.LAST_KNOWN;
            if (critical && !known) {
                throw new Refusal(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, Octets.of((byte) type), "critical payload " + type);
            }
            chain.add(decodeBody(type, in.slice(start + GENERIC_HEADER, length - GENERIC_HEADER)));
            in.position(start + length);
            type = next;
        }
        if (in.hasRemaining()) {
            throw Refusal.syntax(in.remaining() + " bytes after the last payload");
        }
        return List.copyOf(chain);
    }

    private static Payload decodeBody(int type, ByteBuffer body) throws Refusal {
        return switch (type) {
            case PayloadType.SA -> SaCodec.decode(body);
            case PayloadType.KE -> {
                need(body, 4, "key exchange");
                int group = Short.toUnsignedInt(body.getShort());
                body.getShort();
                yield new Payload.Ke(group, Octets.rest(body));
            }
            case PayloadType.ID_I -> new Payload.IdI(all(body, 4, "identification"));
            case PayloadType.ID_R -> new Payload.IdR(all(body, 4, "identification"));
            case PayloadType.CERT -> {
                need(body, 1, "certificate");
                yield new Payload.Cert(Byte.toUnsignedInt(body.get()), Octets.rest(body));
            }
            case PayloadType.CERT_REQ -> {
                need(body, 1, "certificate request");
                yield new Payload.CertReq(Byte.toUnsignedInt(body.get()), Octets.rest(body));
            }
            case PayloadType.AUTH -> {
                need(body, 4, "authentication");
                int method = body.getInt() >>> 24;
                yield new Payload.Auth(method, Octets.rest(body));
            }
            case PayloadType.NONCE -> nonce(body);
            case PayloadType.NOTIFY -> notify(body);
            case PayloadType.DELETE -> delete(body);
            case PayloadType.TS_I -> new Payload.TsI(selectors(body));
            case PayloadType.TS_R -> new Payload.TsR(selectors(body));
            default -> new Payload.Unknown(type, Octets.rest(body));    // an open registry: not critical, so ignored
        };
    }

    private static Octets all(ByteBuffer body, int least, String what) throws Refusal {
        need(body, least, what);
        return Octets.rest(body);
    }

    private static Payload.Nonce nonce(ByteBuffer body) throws Refusal {
        if (body.remaining() < 16 || body.remaining() > 256) {          // RFC 7296, section 3.9
            throw Refusal.syntax("nonce of " + body.remaining() + " bytes");
        }
        return new Payload.Nonce(Octets.rest(body));
    }

    private static Payload.Notify notify(ByteBuffer body) throws Refusal {
        need(body, 4, "notification");
        int protocol = Byte.toUnsignedInt(body.get());
        int spiBytes = Byte.toUnsignedInt(body.get());
        int type = Short.toUnsignedInt(body.getShort());
        need(body, spiBytes, "notification's SPI");
        return new Payload.Notify(protocol, Octets.take(body, spiBytes), type, Octets.rest(body));
    }

    private static Payload.Delete delete(ByteBuffer body) throws Refusal {
        need(body, 4, "delete");
        int protocol = Byte.toUnsignedInt(body.get());
        int spiBytes = Byte.toUnsignedInt(body.get());
        int count = Short.toUnsignedInt(body.getShort());
        if (body.remaining() != spiBytes * count || spiBytes == 0 && count != 0) {
            throw Refusal.syntax("delete with " + count + " SPIs of " + spiBytes + " bytes in " + body.remaining());
        }
        var spis = new ArrayList<Octets>();
        for (int i = 0; i < count; i++) {
            spis.add(Octets.take(body, spiBytes));
        }
        return new Payload.Delete(protocol, spis);
    }

    private static List<Selector> selectors(ByteBuffer body) throws Refusal {
        need(body, 4, "traffic selectors");
        int count = body.getInt() >>> 24;
        var selectors = new ArrayList<Selector>();
        for (int i = 0; i < count; i++) {
            need(body, 8, "traffic selector");
            int start = body.position();
            int type = Byte.toUnsignedInt(body.get(start));
            int length = Short.toUnsignedInt(body.getShort(start + 2));
            if (length < 8 || length > body.remaining()) {
                throw Refusal.syntax("traffic selector of length " + length + " where " + body.remaining() + " bytes are left");
            }
            if (type == TS_IPV4 || type == TS_IPV6) {           // RFC 7296, section 3.13: others are skipped
                selectors.add(selector(body.slice(start, length), type == TS_IPV4 ? 4 : 16));
            }
            body.position(start + length);
        }
        if (body.hasRemaining()) {
            throw Refusal.syntax(body.remaining() + " bytes after the last traffic selector");
        }
        return selectors;
    }

    private static Selector selector(ByteBuffer item, int addressBytes) throws Refusal {
        if (item.remaining() != 8 + 2 * addressBytes) {
            throw Refusal.syntax("traffic selector of " + item.remaining() + " bytes");
        }
        var selector = new Selector(Byte.toUnsignedInt(item.get(1)), Short.toUnsignedInt(item.getShort(4)), Short.toUnsignedInt(item.getShort(6)),
                Octets.take(item.position(8), addressBytes), Octets.take(item, addressBytes));
        if (Arrays.compareUnsigned(selector.first().toByteArray(), selector.last().toByteArray()) > 0) {
            throw Refusal.syntax("traffic selector from " + selector.first() + " to " + selector.last());
        }
        return selector;
    }

    static void need(ByteBuffer body, int bytes, String what) throws Refusal {
        if (body.remaining() < bytes) {
            throw Refusal.syntax(what + " cut short: " + body.remaining() + " of " + bytes + " bytes");
        }
    }

    static void encode(List<? extends Payload> chain, ByteBuffer out) {
        for (int i = 0; i < chain.size(); i++) {
            int start = out.position();
            int next = i + 1 < chain.size() ? chain.get(i + 1).type() : PayloadType.NONE;
            out.put((byte) next).put((byte) 0).putShort((short) 0);
            encodeBody(chain.get(i), out);
            out.putShort(start + 2, (short) (out.position() - start));
        }
    }

    private static void encodeBody(Payload payload, ByteBuffer out) {
        switch (payload) {
            case Payload.Sa sa -> SaCodec.encode(sa, out);
            case Payload.Ke ke -> {
                out.putShort((short) ke.group()).putShort((short) 0);
                ke.publicValue().writeTo(out);
            }
            case Payload.Id id -> id.body().writeTo(out);
            case Payload.Cert cert -> {
                out.put((byte) cert.encoding());
                cert.data().writeTo(out);
            }
            case Payload.CertReq request -> {
                out.put((byte) request.encoding());
                request.authorities().writeTo(out);
            }
            case Payload.Auth auth -> {
                out.putInt(auth.method() << 24);
                auth.value().writeTo(out);
            }
            case Payload.Nonce nonce -> nonce.value().writeTo(out);
            case Payload.Notify notify -> {
                out.put((byte) notify.protocol()).put((byte) notify.spi().length()).putShort((short) notify.notifyType());
                notify.spi().writeTo(out);
                notify.data().writeTo(out);
            }
            case Payload.Delete delete -> {
                int spiBytes = delete.spis().isEmpty() ? 0 : delete.spis().get(0).length();
                out.put((byte) delete.protocol()).put((byte) spiBytes).putShort((short) delete.spis().size());
                delete.spis().forEach(spi -> spi.writeTo(out));
            }
            case Payload.TsI ts -> encode(ts.selectors(), ts.selectors().size(), out);
            case Payload.TsR ts -> encode(ts.selectors(), ts.selectors().size(), out);
            case Payload.Unknown unknown -> unknown.body().writeTo(out);
        }
    }

    private static void encode(List<Selector> selectors, int count, ByteBuffer out) {
        out.putInt(count << 24);
        for (Selector selector : selectors) {
            int length = 8 + 2 * selector.first().length();
            out.put((byte) (selector.first().length() == 4 ? TS_IPV4 : TS_IPV6)).put((byte) selector.protocol()).putShort((short) length)
                    .putShort((short) selector.firstPort()).putShort((short) selector.lastPort());
            selector.first().writeTo(out);
            selector.last().writeTo(out);
        }
    }
}
