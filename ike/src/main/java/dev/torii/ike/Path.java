package dev.torii.ike;

import java.net.InetSocketAddress;

/** Where datagrams leave and where they go: the two addresses and UDP ports (500, or 4500 with NAT traversal). Both resolved. */
public record Path(InetSocketAddress local, InetSocketAddress remote) {
    /** ISAKMP's port. */
    public static final int IKE_PORT = 500;
    /** IKE and ESP in UDP share this one: RFC 3947, section 4; RFC 3948. */
    public static final int NAT_T_PORT = 4500;

    /** The same addresses on port 4500 at both ends. */
    public Path floated() {
        return new Path(new InetSocketAddress(local.getAddress(), NAT_T_PORT), new InetSocketAddress(remote.getAddress(), NAT_T_PORT));
    }

    @Override
    public String toString() {
        return text(local) + " -> " + text(remote);
    }

    private static String text(InetSocketAddress end) {
        String host = end.getAddress().getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + end.getPort();
    }
}
