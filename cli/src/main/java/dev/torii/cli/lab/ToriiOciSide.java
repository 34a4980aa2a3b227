package dev.torii.cli.lab;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** OCI's side played by Torii itself: three more ordinary daemons. This proves consistency; strongSwan and FRR prove interoperability. */
public final class ToriiOciSide implements OciSide {
    private final Topology topology;
    private final Mode mode;
    private final LabFiles files;
    private final Map<Integer, ToriiDaemon> headEnds = new TreeMap<>();

    /** Not started yet. */
    public ToriiOciSide(Topology topology, Mode mode, LabFiles files) {
        this.topology = topology;
        this.mode = mode;
        this.files = files;
    }

    @Override
    public void start() {
        var namespaces = topology.namespaces();
        for (int number = 1; number <= 2; number++) files.writeHeadEnd(ToriiDaemon.root(namespaces, "oci" + number), mode, number);
        files.writeDrg(ToriiDaemon.root(namespaces, "drg"));
        for (int number = 1; number <= 2; number++) headEnds.put(number, ToriiDaemon.start(namespaces, "oci" + number));
        var drg = ToriiDaemon.start(namespaces, "drg");
        headEnds.values().forEach(ToriiDaemon::awaitReady);
        drg.awaitReady();
    }

    @Override
    public List<String> receivedRoutes(int tunnel) {
        var table = headEnd(tunnel).torii("show", "bgp", "ipv4", "unicast").orFail("the routes of head end " + tunnel).out();
        return BgpTable.prefixesVia(Addresses.cpeInTunnel(tunnel), table);
    }

    @Override
    public boolean drgUsesBoth() {
        return DrgRoutes.useBoth(topology.namespaces());
    }

    @Override
    public void crash(int headEnd) {
        headEnd(headEnd).job().kill();
        headEnd(headEnd).job().awaitEnd(Shell.SHORT);
    }

    @Override
    public void restart(int headEnd) {
        headEnds.put(headEnd, ToriiDaemon.start(topology.namespaces(), "oci" + headEnd).awaitReady());
    }

    @Override
    public void reroute(List<Integer> headEndsAlive) {
        // the head ends tell the DRG themselves, over BGP
    }

    @Override
    public String lastWords(int lines) {
        return "";
    }

    /** The daemon of head end 1 or 2. */
    public ToriiDaemon headEnd(int number) {
        return Objects.requireNonNull(headEnds.get(number));
    }

    @Override
    public String description() {
        return "Torii";
    }
}
