package dev.torii.bgp;

/** Who dialled. */
public enum Side { OUTGOING, INCOMING }
