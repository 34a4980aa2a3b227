package dev.torii.cli.lab;

import java.util.List;

/** OCI in the lab: two head ends and the DRG behind them. */
public sealed interface OciSide permits ToriiOciSide, StrongswanOciSide {
    /** Starts everything and waits until it listens. */
    void start();

    /** What OCI's console shows as "BGP routes received" of a tunnel: prefixes learnt from the CPE. */
    List<String> receivedRoutes(int tunnel);

    /** Whether the DRG sends 192.168.2.0/24 to both head ends. */
    boolean drgUsesBoth();

    /** Ends a head end's processes without letting them say goodbye. */
    void crash(int headEnd);

    /** Starts a head end again that was crashed. */
    void restart(int headEnd);

    /** What OCI's control plane does when it sees a head end lost or back: only static routes need it. */
    void reroute(List<Integer> headEndsAlive);

    /** The last lines of logs that are not standard output. */
    String lastWords(int lines);

    /** What it is, for the heading. */
    String description();
}
