package dev.torii.tun;

/** Of what a TUN exchanges super-packets with the kernel (IFF_VNET_HDR, TUNSETOFFLOAD; Documentation/networking/tuntap.rst). Each includes the one before. */
public enum TunOffload {
    /** Of nothing: the kernel refused. */
    NONE,
    /** TCP over IPv4 and IPv6. */
    TCP,
    /** UDP as well: Linux 6.2 and up. */
    TCP_AND_UDP
}
