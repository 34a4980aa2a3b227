package dev.torii.ike.v2;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.wire.IkeHeader;
import java.util.Optional;

/**
 * Fragments of one message: RFC 7383, section 2.6. Each is kept only once it has authenticated, so a stranger can neither fill it nor
 * spoil it. The caller hands it only fragments of the message that is expected.
 */
final class Reassembly {
    /** More than any message needs, however small its fragments. */
    static final int MAX_FRAGMENTS = 64;
    /** Of the payloads inside. */
    static final int MAX_BYTES = 32 * 1024;

    private int messageId;
    private Octets[] parts = new Octets[0];
    private Octets firstDatagram = Octets.EMPTY;
    private int kept;
    private int bytes;

    /** Takes a fragment; the message, if it was the last one missing. */
    Optional<Opened> take(Protection protection, IkeHeader header, Octets datagram) throws IkeException {
        MessageCodec.Fragment fragment = MessageCodec.fragment(header, datagram);
        if (fragment.total() > MAX_FRAGMENTS) {
            throw new IkeException("a message in " + fragment.total() + " fragments");
        }
        boolean same = header.messageId() == messageId;
        if (same && fragment.total() < parts.length) {
            throw new IkeException("fragment of an earlier division");
        }
        if (same && fragment.total() == parts.length && parts[fragment.number() - 1] != null) {
            throw new IkeException("fragment that is already here");
        }
        Octets plain = protection.open(header, datagram);
        if (!same || fragment.total() > parts.length) {     // the sender has cut the message smaller
            clear();
            messageId = header.messageId();
            parts = new Octets[fragment.total()];
        }
        if (bytes + plain.length() > MAX_BYTES) {
            clear();
            throw new IkeException("a fragmented message of more than " + MAX_BYTES + " bytes");
        }
        parts[fragment.number() - 1] = plain;
        bytes += plain.length();
        kept++;
        if (fragment.number() == 1) {
            firstDatagram = datagram;
        }
        return kept < parts.length ? Optional.empty() : Optional.of(whole(header));
    }

    private Opened whole(IkeHeader header) {
        var whole = new Opened(header, MessageCodec.firstInside(firstDatagram), Octets.concat(parts), firstDatagram);
        clear();
        return whole;
    }

    /** Forgets everything. */
    void clear() {
        parts = new Octets[0];
        firstDatagram = Octets.EMPTY;
        kept = 0;
        bytes = 0;
    }

    /** How many fragments are kept. */
    int kept() {
        return kept;
    }
}
