package dev.torii.cli.lab;

import java.util.List;

/** OCI in the lab: two head ends and the DRG behind them. */
sealed interface OciSide permits ToriiOciSide, StrongswanOciSide {
    /** Starts everything and waits until it listens. */
    void start();

    /** What OCI's console shows as "BGP routes received" of a tunnel: prefixes learnt from the CPE. */
    List<String> receivedRoutes(int tunnel);

    /** Whether the DRG sends 192.168.2.0/24 to both head ends. */
    boolean drgUsesBoth();

    /** What it is, for the heading. */
    String description();
}
