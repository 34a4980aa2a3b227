package dev.torii.ike.v2;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.Refusal;
import dev.torii.ike.wire.IkeHeader;

/**
 * A protected message that has authenticated.
 *
 * @param first type of the first payload inside
 * @param plain the payloads inside
 * @param datagram by which a repetition is recognised: the message itself or its first fragment
 */
record Opened(IkeHeader header, int first, Octets plain, Octets datagram) {
    /** Opens a message that is not fragmented. */
    static Opened of(Protection protection, IkeHeader header, Octets message) throws IkeException {
        Octets plain = protection.open(header, message);       // first, since it also sees that there is an encrypted payload at all
        return new Opened(header, MessageCodec.firstInside(message), plain, message);
    }

    /** The payloads. */
    Message decode() throws Refusal {
        return MessageCodec.decrypted(header, first, plain);
    }
}
