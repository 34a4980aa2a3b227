package dev.torii.bgp.wire;

import java.util.List;

/** A capability of an OPEN, RFC 5492. */
public sealed interface Capability {
    /** RFC 4760 section 8. */
    record Multiprotocol(AddressFamily family) implements Capability {}

    /** RFC 2918 section 2. */
    record RouteRefresh() implements Capability {}

    /** RFC 6793 section 3. */
    record FourOctetAs(long as) implements Capability {}

    /**
     * RFC 4724 section 3.
     *
     * @param restarted      the sender has just started again
     * @param notification   RFC 8538: also after a NOTIFICATION
     * @param restartSeconds 0 to 4095: how long it may take to come back
     * @param families       empty: it only helps others
     */
    record GracefulRestart(boolean restarted, boolean notification, int restartSeconds, List<PreservedFamily> families) implements Capability {
        public GracefulRestart { families = List.copyOf(families); }
    }

    /** A family of {@link GracefulRestart}; {@code forwarding}: what was there before the restart is still forwarded. */
    record PreservedFamily(AddressFamily family, boolean forwarding) {}

    /** RFC 7313 section 3.1. */
    record EnhancedRouteRefresh() implements Capability {}

    /** Kept as it came. */
    record Unknown(int code, Octets value) implements Capability {}
}
