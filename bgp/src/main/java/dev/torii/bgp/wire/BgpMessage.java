package dev.torii.bgp.wire;

/** A BGP message, RFC 4271 section 4. */
public sealed interface BgpMessage
        permits OpenMessage, UpdateMessage, NotificationMessage, BgpMessage.Keepalive, BgpMessage.RouteRefresh {

    /** RFC 4271 section 4.4. */
    record Keepalive() implements BgpMessage {}

    /** RFC 2918: send your Adj-RIB-Out again. {@code subtype} is RFC 7313's; 0 is a plain request. */
    record RouteRefresh(AddressFamily family, int subtype) implements BgpMessage {}
}
