package dev.torii.cli.config;

/**
 * {@code ipsec-max-bytes=} and {@code ipsec-max-packets=}: what a child SA is to carry at most in either direction. It is renewed before.
 *
 * @param bytes   of inner packets, positive
 * @param packets positive
 */
public record TrafficLimits(long bytes, long packets) {
    /** Where nothing is configured. */
    public static final TrafficLimits NONE = new TrafficLimits(Long.MAX_VALUE, Long.MAX_VALUE);
}
