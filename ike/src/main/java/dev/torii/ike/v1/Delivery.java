package dev.torii.ike.v1;

import dev.torii.ike.Effect;
import dev.torii.ike.Fragmentation;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.session.Outbox;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import java.util.List;
import java.util.Optional;

/**
 * How messages of one phase 1 come and go: whole, or in fragments. As in Libreswan a message is cut once it was not answered, and at once
 * if that is configured or the peer does it.
 */
final class Delivery {
    private final Fragmentation ours;
    private final Reassembly reassembly = new Reassembly();
    private boolean understood;
    private boolean peerCuts;
    private int lastId;

    Delivery(Fragmentation ours) {
        this.ours = ours;
    }

    /** What the peer's vendor ids say. */
    void understood(boolean byPeer) {
        understood = byPeer;
    }

    /** Sends a message. {@code again}: it was sent before, so smaller pieces may arrive where it did not. */
    void send(Outbox out, Path path, Octets message, boolean again) {
        datagrams(path, message, again).forEach(datagram -> out.add(new Effect.Send(path, datagram)));
    }

    private List<Octets> datagrams(Path path, Octets message, boolean again) {
        boolean cuts = understood && ours.supported() && (again || peerCuts || ours.use() == Fragmentation.Use.FORCE);
        int largest = again ? ours.leastMessageBytes(path.remote().getAddress()) : ours.messageBytes(path.remote().getAddress());
        if (!cuts || message.length() <= largest) {
            return List.of(message);
        }
        lastId = lastId % 0xFFFF + 1;
        try {
            return Fragment.cut(message, lastId, largest);
        } catch (MalformedMessageException notOurs) {
            throw new IllegalArgumentException(notOurs);
        }
    }

    /** Takes a fragment that comes from {@code path}; the message, if it was the last one missing. Only the peer's address may send any. */
    Optional<Octets> take(Path expected, Path path, IkeHeader header, Octets datagram) throws IkeException {
        if (!ours.supported()) {
            throw new IkeException("a fragment, which is not wanted");
        }
        if (!path.remote().getAddress().equals(expected.remote().getAddress())) {
            throw new IkeException("a fragment from another address");
        }
        Optional<Octets> whole = reassembly.take(header, datagram);
        peerCuts |= whole.isPresent();
        return whole;
    }
}
