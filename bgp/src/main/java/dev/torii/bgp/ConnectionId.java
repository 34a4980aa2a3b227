package dev.torii.bgp;

/** One TCP connection to a peer, from {@link Transport#connect} or {@link Speaker#newConnectionId} until it is closed. Never reused. */
public record ConnectionId(long value) {
    @Override public String toString() { return "#" + value; }
}
