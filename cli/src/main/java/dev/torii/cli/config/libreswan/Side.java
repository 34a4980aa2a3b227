package dev.torii.cli.config.libreswan;

import java.util.Locale;

/** Left or right: which of them is this host is found out later. */
enum Side {
    LEFT, RIGHT;

    String word() { return name().toLowerCase(Locale.ROOT); }

    Side other() { return this == LEFT ? RIGHT : LEFT; }
}
