package dev.torii.ike.v2;

import dev.torii.ike.Effect;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.session.Outbox;
import dev.torii.ike.wire.IkeHeader;
import java.util.List;
import java.util.Optional;

/**
 * A message ready to be sent, and sent again: one datagram, or all its fragments.
 *
 * @param origin what it is made of, if it may be cut smaller
 */
record Sealed(List<Octets> datagrams, Optional<Origin> origin) {
    /** What an initiator has to answer again after its set-up. */
    static final Sealed NOTHING = new Sealed(List.of(), Optional.empty());
    /** With which transmission smaller fragments are tried: RFC 7383, section 2.5.2. */
    private static final int SMALLER_FROM = 3;

    Sealed {
        datagrams = List.copyOf(datagrams);
    }

    /**
     * A protected message before it is cut.
     *
     * @param first type of the first payload in {@code chain}
     * @param largest size of the smaller datagrams
     */
    record Origin(Protection protection, IkeHeader header, int first, Octets chain, int largest) {
    }

    /** A message that is never cut. */
    static Sealed plain(Octets message) {
        return new Sealed(List.of(message), Optional.empty());
    }

    /** What to send at the {@code sent}-th time. */
    Sealed at(int sent) {
        return sent < SMALLER_FROM ? this
                : origin.map(o -> new Sealed(o.protection().cut(o.header(), o.first(), o.chain(), o.largest(), 1), Optional.empty())).orElse(this);
    }

    /** Of a message that is never cut. */
    Octets whole() {
        return datagrams.get(0);
    }

    void send(Outbox out, Path path) {
        datagrams.forEach(datagram -> out.add(new Effect.Send(path, datagram)));
    }
}
