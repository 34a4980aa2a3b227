package dev.torii.bgp;

import java.net.InetAddress;

/**
 * A timer of one peer, usable as a map key. During a collision (RFC 4271 section 6.8) a peer has two machines, one for
 * the connection it dialled and one for the connection it accepted, and each has its own timers.
 */
public record Timer(InetAddress peer, Side side, TimerName name) {}
