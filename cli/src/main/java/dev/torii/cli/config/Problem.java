package dev.torii.cli.config;

/**
 * Something in the files that keeps Torii from starting.
 *
 * @param cause      what is wrong, in one line, never a secret
 * @param suggestion what to write instead, in one line
 */
public record Problem(Position at, String cause, String suggestion) {
    /** {@code file:line:column: cause} and the suggestion on a line of its own. */
    @Override public String toString() { return at + ": " + cause + "\n    " + suggestion; }
}
