package dev.torii.bgp.wire;

/** A BGP message, RFC 4271 section 4. */
public sealed interface BgpMessage
        permits OpenMessage, UpdateMessage, NotificationMessage, BgpMessage.Keepalive, BgpMessage.RouteRefresh {

    /** RFC 4271 section 4.4. */
    record Keepalive() implements BgpMessage {}

    /**
     * RFC 2918: send your Adj-RIB-Out again; or RFC 7313: here begins what is sent again, here it ends.
     *
     * @param subtype one of the three; others are ignored
     */
    record RouteRefresh(AddressFamily family, int subtype) implements BgpMessage {
        public static final int REQUEST = 0, BEGIN = 1, END = 2;
    }
}
