package dev.torii.cli.lab;

import java.util.ArrayList;
import java.util.List;

/** OCI's side played by strongSwan and FRR. In the static case the lab plays OCI's control plane: it sets the DRG's routes itself. */
final class StrongswanOciSide implements OciSide {
    private final Topology topology;
    private final Mode mode;
    private final LabFiles files;
    private final List<Frr> bgp = new ArrayList<>();

    StrongswanOciSide(Topology topology, Mode mode, LabFiles files) {
        this.topology = topology;
        this.mode = mode;
        this.files = files;
    }

    @Override
    public void start() {
        var namespaces = topology.namespaces();
        for (int number = 1; number <= 2; number++) {
            var secret = files.secret(number);
            var config = mode == Mode.BGP ? StrongswanConfig.bgpHeadEnd(number, secret) : StrongswanConfig.staticHeadEnd(number, secret);
            Strongswan.start(namespaces, "oci" + number, config);
            if (mode == Mode.BGP) bgp.add(Frr.start(namespaces, "oci" + number, OciRouting.headEndBgp(number, true), OciRouting.HEAD_END_STATIC_ROUTES));
        }
        switch (mode) {
            case BGP -> Frr.start(namespaces, "drg", OciRouting.drgBgp(true), "");
            case STATIC -> topology.drgRoutes(List.of(Topology.headEndInner(1), Topology.headEndInner(2)));
        }
    }

    @Override
    public List<String> receivedRoutes(int tunnel) {
        var cpe = Addresses.cpeInTunnel(tunnel);
        return BgpTable.prefixesVia(cpe, bgp.get(tunnel - 1).routesFrom(cpe));
    }

    @Override
    public boolean drgUsesBoth() {
        return DrgRoutes.useBoth(topology.namespaces());
    }

    @Override
    public String description() {
        return mode == Mode.BGP ? "strongSwan and FRR" : "strongSwan";
    }
}
