package dev.torii.cli.config;

/** {@code auto=}: what happens to a connection at start. {@code ignore} is not here: such a connection is not loaded. */
public enum StartMode {
    /** Wait for the peer, or for {@code torii up}. */
    ADD,
    /** Set up at once and again whenever it goes down. */
    START,
    /** {@code ondemand} and {@code route}: set up when a packet for it comes, and again by the next one after it has ended. */
    ONDEMAND
}
