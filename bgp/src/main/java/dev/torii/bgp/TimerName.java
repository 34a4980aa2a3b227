package dev.torii.bgp;

/** The session timers of RFC 4271 section 10, and the interval of section 9.2.1.1. */
public enum TimerName { CONNECT_RETRY, HOLD, KEEPALIVE, DELAY_OPEN, IDLE_HOLD, ADVERTISEMENT_INTERVAL }
