package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code maximum-prefix} of one family of a neighbour: counts, warns once each time, and says when the session is to end. */
final class PrefixLimit {
    private final AddressFamily family;
    private final FamilyConfig.MaximumPrefixes limit;
    private final Consumer<String> warn;
    private int warned;                                 // 1: of the threshold, 2: of the limit
    private boolean exceeded;

    PrefixLimit(AddressFamily family, FamilyConfig.MaximumPrefixes limit, Consumer<String> warn) {
        this.family = family;
        this.limit = limit;
        this.warn = warn;
    }

    AddressFamily family() { return family; }

    /** Whether the session ended because of it and is not to come back yet. */
    boolean exceeded() { return exceeded; }

    /** It may come back. */
    void forgive() { exceeded = false; }

    void newSession() { warned = 0; }

    /** After that many accepted prefixes; the session is to end with what is returned. RFC 4486: the data is the family and the limit. */
    Optional<Event.Stop> count(int accepted) {
        if (accepted > limit.limit() && !limit.warningOnly()) {
            exceeded = true;
            var data = ByteBuffer.allocate(7).putShort((short) family.afi()).put((byte) family.safi()).putInt((int) limit.limit());
            return Optional.of(new Event.Stop(new NotificationMessage(Iana.CEASE, Iana.CEASE_MAXIMUM_PREFIXES, Octets.rest(data.flip())),
                    accepted + " prefixes, the limit is " + limit.limit()));
        }
        int level = accepted > limit.limit() ? 2 : accepted > limit.limit() * limit.thresholdPercent() / 100 ? 1 : 0;
        if (level > warned) warn.accept(accepted + " prefixes received, the limit is " + limit.limit());
        warned = level;
        return Optional.empty();
    }
}
