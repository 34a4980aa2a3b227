package dev.torii.ike.v2.wire;

import dev.torii.ike.Octets;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import java.nio.ByteBuffer;
import java.util.List;

/** Whole IKEv2 messages: RFC 7296, section 3.1. Encryption is not done here, only the room for it. */
public final class MessageCodec {
    private static final int MAX_BYTES = 0xFFFF;
    private static final int LENGTH_AT = 24;
    /** Header and generic header of an SK payload: what authenticates with the contents (RFC 5282, section 5.1). */
    public static final int SK_BODY_AT = IkeHeader.BYTES + PayloadCodec.GENERIC_HEADER;
    /** The same for an SKF payload, which has the fragment's number and their total too (RFC 7383, section 2.5). */
    public static final int SKF_BODY_AT = SK_BODY_AT + 4;

    private MessageCodec() {
    }

    /** The header, checked for version and length. */
    public static IkeHeader header(Octets message) throws Refusal {
        IkeHeader header;
        try {
            header = IkeHeader.peek(message);
        } catch (MalformedMessageException runt) {
            throw Refusal.syntax(runt.getMessage());
        }
        if (header.majorVersion() != 2) {
            throw new Refusal(NotifyType.INVALID_MAJOR_VERSION, "version " + header.majorVersion() + " where 2 is expected");
        }
        if (header.length() != message.length()) {
            throw Refusal.syntax("header says " + header.length() + " bytes of " + message.length());
        }
        return header;
    }

    /** Decodes a message that is not encrypted. */
    public static Message decode(Octets message) throws Refusal {
        IkeHeader header = header(message);
        return new Message(header, PayloadCodec.decode(header.nextPayload(), message.asBuffer().position(IkeHeader.BYTES).slice()));
    }

    /** Encodes a plain message. */
    public static Octets encode(IkeHeader header, List<? extends Payload> payloads) {
        Octets body = chain(payloads);
        var out = ByteBuffer.allocate(IkeHeader.BYTES + body.length());
        header.encode(first(payloads), out);
        out.putInt(LENGTH_AT, out.capacity());
        body.writeTo(out);
        return Octets.rest(out.flip());
    }

    /** The bytes of a payload chain without any header. */
    public static Octets chain(List<? extends Payload> payloads) {
        var out = ByteBuffer.allocate(MAX_BYTES);
        PayloadCodec.encode(payloads, out);
        return Octets.rest(out.flip());
    }

    /** Header and generic header of a message whose only payload is SK with a body of {@code bodyBytes}. */
    public static Octets encryptedStart(IkeHeader header, int firstInside, int bodyBytes) {
        return Octets.rest(start(header, PayloadType.SK, firstInside, SK_BODY_AT, bodyBytes).flip());
    }

    /** The same of a fragment (RFC 7383, section 2.5): with its number and their total. Only the first names what is inside. */
    public static Octets fragmentStart(IkeHeader header, int firstInside, Fragment fragment, int bodyBytes) {
        int inside = fragment.number() == 1 ? firstInside : PayloadType.NONE;
        return Octets.rest(start(header, PayloadType.SKF, inside, SKF_BODY_AT, bodyBytes)
                .putShort((short) fragment.number()).putShort((short) fragment.total()).flip());
    }

    private static ByteBuffer start(IkeHeader header, int type, int firstInside, int bodyAt, int bodyBytes) {
        var out = ByteBuffer.allocate(bodyAt);
        header.encode(type, out);
        out.putInt(LENGTH_AT, bodyAt + bodyBytes);
        return out.put((byte) firstInside).put((byte) 0).putShort((short) (bodyAt - IkeHeader.BYTES + bodyBytes));
    }

    /** Where the body of the SK or SKF payload begins, which must be the only payload. */
    public static int encryptedBodyAt(IkeHeader header, Octets message) throws Refusal {
        if (header.nextPayload() != PayloadType.SK && header.nextPayload() != PayloadType.SKF) {
            throw Refusal.syntax("payload " + header.nextPayload() + " where an encrypted one is expected");
        }
        int at = header.nextPayload() == PayloadType.SK ? SK_BODY_AT : SKF_BODY_AT;
        if (message.length() < at
                || Short.toUnsignedInt(message.asBuffer().getShort(IkeHeader.BYTES + 2)) != message.length() - IkeHeader.BYTES) {
            throw Refusal.syntax("encrypted payload does not fill the message");
        }
        return at;
    }

    /** Which fragment a message with an SKF payload is. */
    public static Fragment fragment(IkeHeader header, Octets message) throws Refusal {
        encryptedBodyAt(header, message);
        ByteBuffer in = message.asBuffer();
        var fragment = new Fragment(Short.toUnsignedInt(in.getShort(SK_BODY_AT)), Short.toUnsignedInt(in.getShort(SK_BODY_AT + 2)));
        if (fragment.number() < 1 || fragment.number() > fragment.total()) {
            throw Refusal.syntax("fragment " + fragment.number() + " of " + fragment.total());
        }
        return fragment;
    }

    /** A fragment's place, from 1 on. */
    public record Fragment(int number, int total) {
    }

    /** Type of the first payload inside an SK payload, or of the first fragment's. */
    public static int firstInside(Octets message) {
        return Byte.toUnsignedInt(message.at(IkeHeader.BYTES));
    }

    /** Reads the payloads that were inside. */
    public static Message decrypted(IkeHeader header, int firstInside, Octets plain) throws Refusal {
        return new Message(header, PayloadCodec.decode(firstInside, plain.asBuffer()));
    }

    /** Type of the first payload of a chain. */
    public static int first(List<? extends Payload> payloads) {
        return payloads.isEmpty() ? PayloadType.NONE : payloads.get(0).type();
    }
}
