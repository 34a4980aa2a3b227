package dev.torii.bgp;

/** The timers of RFC 4271 section 8, the idle hold time of section 8.1.1, and the pause of {@code maximum-prefix ... restart}. */
public enum TimerName { CONNECT_RETRY, HOLD, KEEPALIVE, DELAY_OPEN, IDLE_HOLD, ADVERTISEMENT_INTERVAL, MAXIMUM_PREFIX_RESTART }
