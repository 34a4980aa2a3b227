package dev.torii.cli.lab;

/** The article's two ways of routing. */
public enum Mode {
    /** Narrow selectors, static routes (the article's chapter 5-4-1). */
    STATIC,
    /** 0.0.0.0/0 selectors, BGP inside the tunnels (5-4-2). */
    BGP
}
