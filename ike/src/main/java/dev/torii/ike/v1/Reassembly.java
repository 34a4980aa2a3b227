package dev.torii.ike.v1;

import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.PayloadType;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Fragments of one message of one phase 1. Nothing authenticates them, so they are few; what they make is looked at as if it had come in
 * one piece. A peer may give all its messages the same id, so other bytes for a number that is here begin a new message.
 */
final class Reassembly {
    static final int MAX_FRAGMENTS = 64;
    /** Of the message. */
    static final int MAX_BYTES = 16 * 1024;

    private final TreeMap<Integer, Fragment> kept = new TreeMap<>();
    private int id;
    private int total;          // 0 until the last one is here
    private int bytes;

    /** Takes a fragment; the message, if it was the last one missing. */
    Optional<Octets> take(IkeHeader header, Octets datagram) throws IkeException {
        Fragment fragment = Fragment.decode(datagram);
        if (fragment.number() > MAX_FRAGMENTS) {
            throw new IkeException("fragment " + fragment.number() + " of a message");
        }
        Fragment same = kept.get(fragment.number());
        if (fragment.equals(same)) {
            throw new IkeException("fragment that is already here");
        }
        if (same != null || fragment.id() != id) {
            clear();
        }
        boolean beyond = total != 0 && fragment.number() > total;
        boolean endsEarly = fragment.last() && !kept.isEmpty() && kept.lastKey() > fragment.number();
        if (beyond || endsEarly || fragment.last() && total != 0) {
            throw new IkeException("fragment " + fragment.number() + " after the last one");
        }
        if (bytes + fragment.data().length() > MAX_BYTES) {
            clear();
            throw new IkeException("a fragmented message of more than " + MAX_BYTES + " bytes");
        }
        id = fragment.id();
        kept.put(fragment.number(), fragment);
        bytes += fragment.data().length();
        if (fragment.last()) {
            total = fragment.number();
        }
        return kept.size() == total ? Optional.of(whole(header)) : Optional.empty();
    }

    private Octets whole(IkeHeader of) throws IkeException {
        Octets whole = Octets.concat(kept.values().stream().map(Fragment::data).toArray(Octets[]::new));
        clear();
        IkeHeader header = MessageCodec.header(whole);
        if (!header.initiator().equals(of.initiator()) || !header.responder().equals(of.responder()) || header.nextPayload() == PayloadType.FRAGMENT) {
            throw new IkeException("fragments of another exchange");
        }
        return whole;
    }

    private void clear() {
        kept.clear();
        total = 0;
        bytes = 0;
    }

    /** How many bytes are kept. */
    int bytes() {
        return bytes;
    }
}
