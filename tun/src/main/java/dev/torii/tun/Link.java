package dev.torii.tun;

/**
 * A network interface as the kernel reports it.
 *
 * @param index the kernel's number for it, unique in the network namespace
 * @param name at most 15 octets
 * @param mtu in bytes
 * @param up switched on (IFF_UP)
 * @param running switched on and able to carry packets (IFF_RUNNING); a TUN is when a process holds it
 * @param loopback the loopback interface
 * @param kind what sort of virtual interface, for example {@code tun} or {@code veth}; empty for hardware
 * @param reversePathFilter its rp_filter setting: 0 off, 1 strict, 2 loose; -1 where the kernel did not say
 */
public record Link(int index, String name, int mtu, boolean up, boolean running, boolean loopback, String kind, int reversePathFilter) {}
