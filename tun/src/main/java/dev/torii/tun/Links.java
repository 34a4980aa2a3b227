package dev.torii.tun;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The host's network interfaces and their addresses, as seen by one owning thread. */
public interface Links {
    /** Every interface of the network namespace. */
    List<Link> list() throws IOException;

    /** The interface of that name, if there is one. */
    default Optional<Link> byName(String name) throws IOException {
        return list().stream().filter(link -> link.name().equals(name)).findAny();
    }

    /** Switches the interface on or off. Off takes its routes with it. */
    void setUp(int index, boolean up) throws IOException;

    /** Sets the MTU in bytes. */
    void setMtu(int index, int mtu) throws IOException;

    /** Sets the interface's own rp_filter: 0 off, 1 strict, 2 loose. The kernel applies the higher of this and the host-wide value. */
    void setReversePathFilter(int index, int value) throws IOException;

    /** Keeps the kernel from giving the interface a link-local IPv6 address of its own, and so from soliciting routers through it. */
    void disableLinkLocal(int index) throws IOException;

    /** Every address of every interface, IPv4 and IPv6. */
    List<InterfaceAddress> addresses() throws IOException;

    /** Adds the address; one that is there already is fine. IPv6 addresses are usable at once (no duplicate address detection). */
    void addAddress(InterfaceAddress address) throws IOException;

    /**
     * Removes the address.
     *
     * @return false if the interface did not have it
     */
    boolean removeAddress(InterfaceAddress address) throws IOException;
}
