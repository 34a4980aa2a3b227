package dev.torii.cli.config;

import java.net.InetAddress;
import java.util.List;
import java.util.Set;

/** What the files' meaning depends on besides their text: which side of a connection is this host. */
@FunctionalInterface
public interface Host {
    /** The addresses of this host's interfaces at this moment. */
    Set<InetAddress> localAddresses();

    /** A host with just these addresses. */
    static Host of(InetAddress... addresses) {
        Set<InetAddress> all = Set.copyOf(List.of(addresses));
        return () -> all;
    }
}
