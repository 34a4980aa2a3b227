package dev.torii.tun;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * One way a {@link Route} can take.
 *
 * @param gateway the neighbour to hand packets to; empty: the destination is on the link itself (a TUN has no neighbours)
 * @param interfaceIndex the outgoing interface; 0: the kernel finds it from the gateway (never so in a route read back)
 * @param weight 1 to 256, this hop's share of the flows among those of its route
 * @param onLink the gateway is taken to be on the link although no address of the interface covers it
 */
public record NextHop(Optional<InetAddress> gateway, int interfaceIndex, int weight, boolean onLink) {
    /**
     * fe80::1: a gateway for IPv6 routes with several TUNs. The kernel refuses IPv6 next hops without a gateway in such a route; a TUN has no
     * neighbours to resolve, so any link-local address will do.
     */
    public static final InetAddress TUN_GATEWAY_V6 = linkLocal();

    public NextHop {
        if (interfaceIndex < 0) throw new IllegalArgumentException("interface index " + interfaceIndex);
        if (weight < 1 || weight > 256) throw new IllegalArgumentException("weight " + weight + " is not in 1..256");
        if (gateway.isEmpty() && interfaceIndex == 0) throw new IllegalArgumentException("a next hop needs a gateway or an interface");
        if (onLink && (gateway.isEmpty() || interfaceIndex == 0)) throw new IllegalArgumentException("onlink needs a gateway and an interface");
    }

    /** Out of this interface, no gateway: the usual next hop for a TUN. */
    public static NextHop device(int interfaceIndex) {
        return new NextHop(Optional.empty(), interfaceIndex, 1, false);
    }

    /** To this gateway, over whatever interface the kernel finds it on. */
    public static NextHop via(InetAddress gateway) {
        return new NextHop(Optional.of(gateway), 0, 1, false);
    }

    /** To this gateway out of this interface. */
    public static NextHop via(InetAddress gateway, int interfaceIndex) {
        return new NextHop(Optional.of(gateway), interfaceIndex, 1, false);
    }

    /** To this gateway out of this interface, covered by one of its addresses or not. */
    public static NextHop onLink(InetAddress gateway, int interfaceIndex) {
        return new NextHop(Optional.of(gateway), interfaceIndex, 1, true);
    }

    public NextHop withWeight(int newWeight) {
        return new NextHop(gateway, interfaceIndex, newWeight, onLink);
    }

    private static InetAddress linkLocal() {
        byte[] octets = new byte[16];
        octets[0] = (byte) 0xfe;
        octets[1] = (byte) 0x80;
        octets[15] = 1;
        try {
            return InetAddress.getByAddress(octets);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** As {@code ip route} writes it, with {@code if<index>} for the interface. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        gateway.ifPresent(address -> text.append("via ").append(address.getHostAddress()).append(' '));
        if (interfaceIndex != 0) text.append("dev if").append(interfaceIndex).append(' ');
        if (weight != 1) text.append("weight ").append(weight).append(' ');
        if (onLink) text.append("onlink ");
        return text.toString().strip();
    }
}
