package dev.torii.cli.config;

import dev.torii.ike.TrafficSelector;

/**
 * {@code leftprotoport=}: which of a side's traffic is protected.
 *
 * @param protocol IP protocol, 0 for any
 * @param port     of TCP, UDP, DCCP, SCTP or UDP-Lite, 0 for any
 */
public record Protoport(int protocol, int port) {
    /** All traffic. */
    public static final Protoport ANY = new Protoport(0, 0);

    /** The part of a subnet's traffic. */
    TrafficSelector of(TrafficSelector subnet) { return subnet.restrictedTo(protocol, port); }

    @Override public String toString() { return protocol + "/" + port; }
}
