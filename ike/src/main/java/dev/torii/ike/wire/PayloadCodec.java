package dev.torii.ike.wire;

import dev.torii.ike.Octets;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The payload chain of RFC 2408, section 3.2. Stateless. */
public final class PayloadCodec {
    static final int GENERIC_HEADER = 4;
    private static final int MAX_PAYLOADS = 64;     // more is an attack on memory, not a message

    private PayloadCodec() {
    }

    /** Decodes until a payload says that none follows; what remains in {@code in} then is padding. */
    public static List<Message.Part> decode(int firstType, ByteBuffer in) throws MalformedMessageException {
        var chain = new ArrayList<Message.Part>();
        int type = firstType;
        while (type != PayloadType.NONE) {
            if (chain.size() == MAX_PAYLOADS) {
                throw new MalformedMessageException("more than " + MAX_PAYLOADS + " payloads");
            }
            if (in.remaining() < GENERIC_HEADER) {
                throw new MalformedMessageException("generic header cut short");
            }
            int start = in.position();
            int next = Byte.toUnsignedInt(in.get(start));               // RESERVED, the second byte, is ignored on receipt
            int length = Short.toUnsignedInt(in.getShort(start + 2));
            if (length < GENERIC_HEADER || length > in.remaining()) {
                throw new MalformedMessageException("payload " + type + " with length " + length + " where " + in.remaining() + " bytes are left");
            }
            Octets bytes = Octets.take(in, length);
            ByteBuffer body = bytes.asBuffer().position(GENERIC_HEADER).slice();
            chain.add(new Message.Part(decodeBody(type, body), bytes));
            type = next;
        }
        return List.copyOf(chain);
    }

    private static Payload decodeBody(int type, ByteBuffer body) throws MalformedMessageException {
        return switch (type) {
            case PayloadType.SA -> SaPayloadCodec.decode(body);
            case PayloadType.KE -> new Payload.Ke(Octets.rest(body));
            case PayloadType.ID -> id(body);
            case PayloadType.HASH -> new Payload.Hash(Octets.rest(body));
            case PayloadType.NONCE -> new Payload.Nonce(Octets.rest(body));
            case PayloadType.NOTIFY -> notify(body);
            case PayloadType.DELETE -> delete(body);
            case PayloadType.VENDOR_ID -> new Payload.VendorId(Octets.rest(body));
            case PayloadType.NAT_D -> new Payload.NatD(Octets.rest(body));
            case PayloadType.NAT_OA -> natOa(body);
            default -> new Payload.Unknown(type, Octets.rest(body));    // an open registry: kept, so that it can be hashed and logged
        };
    }

    private static Payload.Id id(ByteBuffer body) throws MalformedMessageException {
        need(body, 4, "identification");
        return new Payload.Id(Byte.toUnsignedInt(body.get()), Byte.toUnsignedInt(body.get()),
                Short.toUnsignedInt(body.getShort()), Octets.rest(body));
    }

    private static Payload.Notify notify(ByteBuffer body) throws MalformedMessageException {
        need(body, 8, "notification");
        int doi = body.getInt();
        int protocol = Byte.toUnsignedInt(body.get());
        int spiBytes = Byte.toUnsignedInt(body.get());
        int type = Short.toUnsignedInt(body.getShort());
        need(body, spiBytes, "notification's SPI");
        return new Payload.Notify(doi, protocol, Octets.take(body, spiBytes), type, Octets.rest(body));
    }

    private static Payload.Delete delete(ByteBuffer body) throws MalformedMessageException {
        need(body, 8, "delete");
        int doi = body.getInt();
        int protocol = Byte.toUnsignedInt(body.get());
        int spiBytes = Byte.toUnsignedInt(body.get());
        int count = Short.toUnsignedInt(body.getShort());
        if (spiBytes == 0 || body.remaining() != spiBytes * count) {
            throw new MalformedMessageException("delete with " + count + " SPIs of " + spiBytes + " bytes in " + body.remaining());
        }
        var spis = new ArrayList<Octets>();
        for (int i = 0; i < count; i++) {
            spis.add(Octets.take(body, spiBytes));
        }
        return new Payload.Delete(doi, protocol, spis);
    }

    private static Payload.NatOa natOa(ByteBuffer body) throws MalformedMessageException {
        need(body, 4, "NAT-OA");
        int idType = Byte.toUnsignedInt(body.get());
        body.position(4);
        return new Payload.NatOa(idType, Octets.rest(body));
    }

    static void need(ByteBuffer body, int bytes, String what) throws MalformedMessageException {
        if (body.remaining() < bytes) {
            throw new MalformedMessageException(what + " cut short: " + body.remaining() + " of " + bytes + " bytes");
        }
    }

    /** Encodes a chain: each payload names the type of the one after it. */
    public static void encode(List<? extends Payload> chain, ByteBuffer out) {
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
            case Payload.Sa sa -> SaPayloadCodec.encode(sa, out);
            case Payload.Ke ke -> ke.publicValue().writeTo(out);
            case Payload.Id id -> {
                out.put((byte) id.idType()).put((byte) id.protocol()).putShort((short) id.port());
                id.value().writeTo(out);
            }
            case Payload.Hash hash -> hash.value().writeTo(out);
            case Payload.Nonce nonce -> nonce.value().writeTo(out);
            case Payload.Notify notify -> {
                out.putInt(notify.doi()).put((byte) notify.protocol()).put((byte) notify.spi().length())
                        .putShort((short) notify.notifyType());
                notify.spi().writeTo(out);
                notify.data().writeTo(out);
            }
            case Payload.Delete delete -> {
                int spiBytes = delete.spis().isEmpty() ? 4 : delete.spis().get(0).length();
                out.putInt(delete.doi()).put((byte) delete.protocol()).put((byte) spiBytes).putShort((short) delete.spis().size());
                delete.spis().forEach(spi -> spi.writeTo(out));
            }
            case Payload.VendorId vendor -> vendor.value().writeTo(out);
            case Payload.NatD natD -> natD.hash().writeTo(out);
            case Payload.NatOa natOa -> {
                out.put((byte) natOa.idType()).put((byte) 0).putShort((short) 0);
                natOa.address().writeTo(out);
            }
            case Payload.Unknown unknown -> unknown.body().writeTo(out);
        }
    }
}
