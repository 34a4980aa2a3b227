package dev.torii.cli.daemon;

import dev.torii.bgp.LocalAddresses;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.rib.HostNetwork;
import dev.torii.tun.InterfaceAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Which of the host's addresses are next hops on a session: those of the interface that its own address is on, as in FRR. */
final class SessionAddresses {
    private SessionAddresses() {}

    /** @param local the session's own address */
    static LocalAddresses of(HostNetwork host, InetAddress local, InetAddress peer) {
        var onInterface = host.addresses().stream().filter(own -> own.address().equals(local)).findFirst()
                .map(found -> host.addresses().stream().filter(own -> own.interfaceIndex() == found.interfaceIndex()).toList()).orElse(List.of());
        var ipv4 = Optional.of(local).filter(Inet4Address.class::isInstance).or(() -> first(onInterface, Inet4Address.class::isInstance));
        var linkLocal = first(onInterface, address -> address instanceof Inet6Address && address.isLinkLocalAddress());
        var ipv6 = Optional.of(local).filter(Inet6Address.class::isInstance)
                .or(() -> first(onInterface, address -> address instanceof Inet6Address && !address.isLinkLocalAddress())).or(() -> linkLocal);
        boolean onLink = onInterface.stream().anyMatch(own -> own.prefixLength() > 0 && Prefix.of(own.peer().orElse(own.address()), own.prefixLength()).contains(peer));
        return new LocalAddresses(local, ipv4, ipv6, onLink ? linkLocal : Optional.empty());
    }

    private static Optional<InetAddress> first(List<InterfaceAddress> addresses, Predicate<InetAddress> wanted) {
        return addresses.stream().map(InterfaceAddress::address).filter(wanted).findFirst();
    }
}
