package dev.torii.bgp;

/**
 * The timers of RFC 4271 section 8, the idle hold time of section 8.1.1, the send hold timer of RFC 9687, and the neighbour's own: the pause of {@code maximum-prefix ... restart},
 * the time that a restarting neighbour has to come back (RFC 4724), and the time it has to announce its routes again.
 */
public enum TimerName { CONNECT_RETRY, HOLD, SEND_HOLD, KEEPALIVE, DELAY_OPEN, IDLE_HOLD, ADVERTISEMENT_INTERVAL, MAXIMUM_PREFIX_RESTART, GRACEFUL_RESTART, STALE_ROUTES }
