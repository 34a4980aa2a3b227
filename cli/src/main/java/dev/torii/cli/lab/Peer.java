package dev.torii.cli.lab;

/** Who plays OCI's side. */
public enum Peer {
    /** Torii itself: nothing else has to be installed. */
    TORII,
    /** strongSwan with its userspace ESP, and FRR. */
    STRONGSWAN
}
