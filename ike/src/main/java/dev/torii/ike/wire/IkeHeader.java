package dev.torii.ike.wire;

import dev.torii.ike.Cookie;
import dev.torii.ike.Octets;
import java.nio.ByteBuffer;

/**
 * The ISAKMP header of RFC 2408, section 3.1 (IKEv2's has the same shape).
 *
 * @param initiator the initiator's cookie
 * @param responder the responder's, zero in the first message
 * @param nextPayload type of the first payload
 * @param version major and minor, four bits each
 * @param exchange see {@link ExchangeType}
 * @param flags see the constants here
 * @param messageId zero in phase 1
 * @param length of the whole message in bytes
 */
public record IkeHeader(Cookie initiator, Cookie responder, int nextPayload, int version, int exchange, int flags,
        int messageId, long length) {
    /** Size of the header. */
    public static final int BYTES = 28;
    /** Version 1.0. */
    public static final int VERSION_1 = 0x10;
    /** Version 2.0. */
    public static final int VERSION_2 = 0x20;
    /** IKEv2: sent by the side that began the IKE SA. */
    public static final int INITIATOR = 0x08;
    /** IKEv2: answers the request with the same message id. */
    public static final int RESPONSE = 0x20;
    /** What follows the header is encrypted. */
    public static final int ENCRYPTED = 1;
    /** Wait for CONNECTED (tolerated, not obeyed). */
    public static final int COMMIT = 2;

    /** A header of version 1.0 whose next payload and length the codec fills in. */
    public static IkeHeader v1(Cookie initiator, Cookie responder, int exchange, int flags, int messageId) {
        return new IkeHeader(initiator, responder, PayloadType.NONE, VERSION_1, exchange, flags, messageId, BYTES);
    }

    /** A header of version 2.0 (RFC 7296, section 3.1) whose next payload and length the codec fills in. */
    public static IkeHeader v2(Cookie initiator, Cookie responder, int exchange, int flags, int messageId) {
        return new IkeHeader(initiator, responder, PayloadType.NONE, VERSION_2, exchange, flags, messageId, BYTES);
    }

    /** Reads a header without moving the buffer's position. Checks nothing but that 28 bytes are there. */
    public static IkeHeader peek(ByteBuffer message) throws MalformedMessageException {
        if (message.remaining() < BYTES) {
            throw new MalformedMessageException("header cut short: " + message.remaining() + " bytes");
        }
        int at = message.position();
        return new IkeHeader(new Cookie(message.getLong(at)), new Cookie(message.getLong(at + 8)),
                Byte.toUnsignedInt(message.get(at + 16)), Byte.toUnsignedInt(message.get(at + 17)),
                Byte.toUnsignedInt(message.get(at + 18)), Byte.toUnsignedInt(message.get(at + 19)),
                message.getInt(at + 20), Integer.toUnsignedLong(message.getInt(at + 24)));
    }

    /** The same for a message in {@link Octets}. */
    public static IkeHeader peek(Octets message) throws MalformedMessageException {
        return peek(message.asBuffer());
    }

    /** Whether what follows is encrypted. */
    public boolean encrypted() {
        return (flags & ENCRYPTED) != 0;
    }

    /** IKEv2: whether it answers a request. */
    public boolean response() {
        return (flags & RESPONSE) != 0;
    }

    /** IKEv2: whether the sender began the IKE SA. */
    public boolean fromInitiator() {
        return (flags & INITIATOR) != 0;
    }

    /** 1 or 2. */
    public int majorVersion() {
        return version >> 4;
    }

    /** Writes the header with a length of zero, which the caller fills in. */
    public void encode(int firstPayload, ByteBuffer out) {
        out.putLong(initiator.value()).putLong(responder.value()).put((byte) firstPayload).put((byte) version)
                .put((byte) exchange).put((byte) flags).putInt(messageId).putInt(0);
    }
}
