package dev.torii.ike.wire;

import dev.torii.ike.Octets;
import java.nio.ByteBuffer;
import java.util.List;

/** Whole ISAKMP messages: RFC 2408, section 3.1. Encryption is not done here, only the room for it. */
public final class MessageCodec {
    private static final int MAX_BYTES = 0xFFFF;
    private static final int LENGTH_AT = 24;

    private MessageCodec() {
    }

    /** Decodes a message that is not encrypted. */
    public static Message decode(Octets message) throws MalformedMessageException {
        IkeHeader header = header(message);
        if (header.encrypted()) {
            throw new MalformedMessageException("encrypted where a plain message is expected");
        }
        return new Message(header, PayloadCodec.decode(header.nextPayload(), body(message).asBuffer()));
    }

    /** The header, checked for version and length. */
    public static IkeHeader header(Octets message) throws MalformedMessageException {
        IkeHeader header = IkeHeader.peek(message);
        if (header.majorVersion() != 1) {
            throw new MalformedMessageException(NotifyType.INVALID_MAJOR_VERSION, "version " + header.majorVersion() + " where 1 is expected");
        }
        if (header.length() != message.length()) {
            throw new MalformedMessageException("header says " + header.length() + " bytes of " + message.length());
        }
        return header;
    }

    /** What follows the header. */
    public static Octets body(Octets message) {
        return message.slice(IkeHeader.BYTES, message.length() - IkeHeader.BYTES);
    }

    /** Reads the payloads of a decrypted body; bytes after the last payload are padding. */
    public static Message decrypted(IkeHeader header, Octets plain) throws MalformedMessageException {
        return new Message(header, PayloadCodec.decode(header.nextPayload(), plain.asBuffer()));
    }

    /** Encodes a plain message. */
    public static Octets encode(IkeHeader header, List<? extends Payload> payloads) {
        return frame(header, payloads, chain(payloads));
    }

    /** The bytes of a payload chain without any header. */
    public static Octets chain(List<? extends Payload> payloads) {
        var out = ByteBuffer.allocate(MAX_BYTES);
        PayloadCodec.encode(payloads, out);
        return Octets.rest(out.flip());
    }

    /** The header with the type of the first payload and the right length, and {@code body}, encrypted or plain, after it. */
    public static Octets frame(IkeHeader header, List<? extends Payload> payloads, Octets body) {
        var out = ByteBuffer.allocate(IkeHeader.BYTES + body.length());
        header.encode(payloads.isEmpty() ? PayloadType.NONE : payloads.get(0).type(), out);
        out.putInt(LENGTH_AT, out.capacity());
        body.writeTo(out);
        return Octets.rest(out.flip());
    }

    /** The attributes of a RESPONDER-LIFETIME notification. */
    public static List<Attribute> attributes(Octets data) throws MalformedMessageException {
        return SaPayloadCodec.attributes(data.asBuffer());
    }

    /** The data of a RESPONDER-LIFETIME notification. */
    public static Octets attributes(List<Attribute> attributes) {
        var out = ByteBuffer.allocate(attributes.stream().mapToInt(attribute -> 4 + attribute.value().length()).sum());
        SaPayloadCodec.encodeAttributes(attributes, out);
        return Octets.rest(out.flip());
    }
}
