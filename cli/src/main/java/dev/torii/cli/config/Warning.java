package dev.torii.cli.config;

/**
 * Something in the files that has another effect than its author may think. Torii starts nevertheless.
 *
 * @param text       what will happen, in one line, never a secret
 * @param suggestion what to write instead, in one line
 */
public record Warning(Kind kind, Position at, String text, String suggestion) {
    /** The kinds, each with a number that stays the same from release to release. */
    public enum Kind {
        /** A keyword that is known and has no effect here. */
        WITHOUT_EFFECT(1),
        /** A value that is accepted with another meaning than it seems to have. */
        UNEXPECTED_MEANING(2),
        /** A name that nothing defines, or a definition that nothing uses. */
        UNDEFINED_NAME(3),
        /** A file that is not used, or not kept secret. */
        FILE(4),
        /** BGP does not run, or will not exchange routes. */
        BGP(5),
        /** A secret of a kind that is not used, or doubled. */
        SECRET(6),
        /** An algorithm that is used because it is asked for, and should no longer be. */
        WEAK(7);

        private final int number;

        Kind(int number) { this.number = number; }

        /** 1 to 99. */
        public int number() { return number; }
    }

    /** {@code file:line:column: warning W01: text (suggestion)}. */
    @Override public String toString() {
        return "%s: warning W%02d: %s (%s)".formatted(at, kind.number(), text, suggestion);
    }
}
