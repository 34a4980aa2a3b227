package dev.torii.cli;

/** The {@code torii} command. */
public final class Main {
    private Main() {}

    /** Runs one command. */
    public static void main(String[] args) {}
}
