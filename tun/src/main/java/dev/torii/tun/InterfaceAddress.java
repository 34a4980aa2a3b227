package dev.torii.tun;

import java.net.InetAddress;
import java.util.Optional;

/**
 * An address of a network interface.
 *
 * @param interfaceIndex the interface it belongs to
 * @param address the host's own address
 * @param prefixLength of the network it opens: that of {@code peer} where there is one
 * @param peer the other end of a point-to-point link, if it is another address
 */
public record InterfaceAddress(int interfaceIndex, InetAddress address, int prefixLength, Optional<InetAddress> peer) {
    public InterfaceAddress {
        if (prefixLength < 0 || prefixLength > address.getAddress().length * 8)
            throw new IllegalArgumentException("prefix length " + prefixLength);
        if (peer.isPresent() && peer.get().getClass() != address.getClass())
            throw new IllegalArgumentException("address and peer are of different families");
    }

    public static InterfaceAddress of(int interfaceIndex, InetAddress address, int prefixLength) {
        return new InterfaceAddress(interfaceIndex, address, prefixLength, Optional.empty());
    }

    /** As {@code ip addr} writes it. */
    @Override
    public String toString() {
        return address.getHostAddress() + peer.map(other -> " peer " + other.getHostAddress()).orElse("") + "/" + prefixLength
                + " dev if" + interfaceIndex;
    }
}
