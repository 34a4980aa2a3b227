package dev.torii.cli.config;

import java.net.InetAddress;

/** {@code leftvti=192.168.254.1/30}: the address of the tunnel's own interface and the length of the prefix it is in. */
public record InnerAddress(InetAddress address, int prefixLength) {
    @Override public String toString() { return address.getHostAddress() + "/" + prefixLength; }
}
