package dev.torii.ike;

import java.net.Inet6Address;
import java.net.InetAddress;

/**
 * Whether and how small IKE messages are cut into fragments of their own, so that none is fragmented by IP: RFC 7383 for IKEv2, the vendor
 * extension for IKEv1.
 *
 * @param use when it is done
 * @param packetBytes the largest IP packet that carries an IKE message where fragmentation is used, {@value #LEAST_PACKET} to 65535
 */
public record Fragmentation(Use use, int packetBytes) {
    /** When messages are fragmented. Only with a peer that says that it understands fragments. */
    public enum Use {
        /** Never, and we do not say that we understand it. */
        NO,
        /** IKEv2: every message that is too large. IKEv1: a message that was not answered at first. */
        YES,
        /** Every message that is too large. */
        FORCE
    }

    /** The smallest allowed value of {@code packetBytes}: something must fit into a fragment besides its headers. */
    public static final int LEAST_PACKET = 200;
    /** Messages of more than 1280 bytes, IP header included, are fragmented. */
    public static final Fragmentation STANDARD = new Fragmentation(Use.YES, 1280);
    /** No fragments. */
    public static final Fragmentation NONE = new Fragmentation(Use.NO, 1280);

    private static final int UDP_AND_MARKER = 8 + 4;
    private static final int IPV4_PATH = 576;           // what every path carries in practice: RFC 7383, section 2.5.1
    private static final int IPV6_PATH = 1280;

    /** Checks the range. */
    public Fragmentation {
        if (packetBytes < LEAST_PACKET || packetBytes > 0xFFFF) {
            throw new IllegalArgumentException("IKE fragments in packets of " + packetBytes + " bytes");
        }
    }

    /** Whether fragments are understood, and we say so. */
    public boolean supported() {
        return use != Use.NO;
    }

    /** The largest IKE message in a packet of {@link #packetBytes()} to this address; the non-ESP marker is always allowed for. */
    public int messageBytes(InetAddress remote) {
        return packetBytes - headers(remote);
    }

    /** The same in packets that every path carries, tried when larger ones do not seem to arrive. */
    public int leastMessageBytes(InetAddress remote) {
        return Math.min(packetBytes, remote instanceof Inet6Address ? IPV6_PATH : IPV4_PATH) - headers(remote);
    }

    private static int headers(InetAddress remote) {
        return (remote instanceof Inet6Address ? 40 : 20) + UDP_AND_MARKER;
    }
}
