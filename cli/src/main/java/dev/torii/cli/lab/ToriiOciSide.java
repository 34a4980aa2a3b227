package dev.torii.cli.lab;

import java.util.ArrayList;
import java.util.List;

/** OCI's side played by Torii itself: three more ordinary daemons. This proves consistency; strongSwan and FRR prove interoperability. */
final class ToriiOciSide implements OciSide {
    private final Topology topology;
    private final Mode mode;
    private final LabFiles files;
    private final List<ToriiDaemon> headEnds = new ArrayList<>();

    ToriiOciSide(Topology topology, Mode mode, LabFiles files) {
        this.topology = topology;
        this.mode = mode;
        this.files = files;
    }

    @Override
    public void start() {
        var namespaces = topology.namespaces();
        for (int number = 1; number <= 2; number++) files.writeHeadEnd(ToriiDaemon.root(namespaces, "oci" + number), mode, number);
        files.writeDrg(ToriiDaemon.root(namespaces, "drg"));
        for (int number = 1; number <= 2; number++) headEnds.add(ToriiDaemon.start(namespaces, "oci" + number));
        var drg = ToriiDaemon.start(namespaces, "drg");
        headEnds.forEach(ToriiDaemon::awaitReady);
        drg.awaitReady();
    }

    @Override
    public List<String> receivedRoutes(int tunnel) {
        var table = headEnds.get(tunnel - 1).torii("show", "bgp", "ipv4", "unicast").orFail("the routes of head end " + tunnel).out();
        return BgpTable.prefixesVia(Addresses.cpeInTunnel(tunnel), table);
    }

    @Override
    public boolean drgUsesBoth() {
        return DrgRoutes.useBoth(topology.namespaces());
    }

    @Override
    public String description() {
        return "Torii";
    }
}
