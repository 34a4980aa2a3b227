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
    public static Octets encryptedStart(IkeHeader header, List<? extends Payload> inside, int bodyBytes) {
        var out = ByteBuffer.allocate(SK_BODY_AT);
        header.encode(PayloadType.SK, out);
        out.putInt(LENGTH_AT, SK_BODY_AT + bodyBytes);
        out.put((byte) first(inside)).put((byte) 0).putShort((short) (PayloadCodec.GENERIC_HEADER + bodyBytes));
        return Octets.rest(out.flip());
    }

    /** The body of the SK payload, which must be the only one. */
    public static Octets encryptedBody(IkeHeader header, Octets message) throws Refusal {
        if (header.nextPayload() != PayloadType.SK) {
            throw Refusal.syntax("payload " + header.nextPayload() + " where an encrypted one is expected");
        }
        if (message.length() < SK_BODY_AT
                || Short.toUnsignedInt(message.asBuffer().getShort(IkeHeader.BYTES + 2)) != message.length() - IkeHeader.BYTES) {
            throw Refusal.syntax("encrypted payload does not fill the message");
        }
        return message.slice(SK_BODY_AT, message.length() - SK_BODY_AT);
    }

    /** Reads the payloads that were inside the SK payload of {@code message}. */
    public static Message decrypted(IkeHeader header, Octets message, Octets plain) throws Refusal {
        return new Message(header, PayloadCodec.decode(Byte.toUnsignedInt(message.at(IkeHeader.BYTES)), plain.asBuffer()));
    }

    private static int first(List<? extends Payload> payloads) {
        return payloads.isEmpty() ? PayloadType.NONE : payloads.get(0).type();
    }
}
