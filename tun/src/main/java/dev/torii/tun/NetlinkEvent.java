package dev.torii.tun;

/** A change of the host's network, as the kernel tells it. */
public sealed interface NetlinkEvent {
    /** An interface is new, or something about it changed (up, carrier, MTU, name). */
    record LinkChanged(Link link) implements NetlinkEvent {}

    /** An interface is gone. */
    record LinkRemoved(Link link) implements NetlinkEvent {}

    record AddressAdded(InterfaceAddress address) implements NetlinkEvent {}

    record AddressRemoved(InterfaceAddress address) implements NetlinkEvent {}

    /** A route is new or took the place of the one with the same key. Routes that go with an interface going down are not told one by one. */
    record RouteChanged(Route route) implements NetlinkEvent {}

    record RouteRemoved(Route route) implements NetlinkEvent {}

    /** More happened than the socket could hold: events are missing, so read everything anew. */
    record Resync() implements NetlinkEvent {}
}
