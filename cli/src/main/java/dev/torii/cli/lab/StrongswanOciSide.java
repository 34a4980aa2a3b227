package dev.torii.cli.lab;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** OCI's side played by strongSwan and FRR. In the static case the lab plays OCI's control plane: it sets the DRG's routes itself. */
public final class StrongswanOciSide implements OciSide {
    private final Topology topology;
    private final Mode mode;
    private final LabFiles files;
    private final Map<Integer, Strongswan> headEnds = new TreeMap<>();
    private final Map<Integer, Frr> bgp = new TreeMap<>();

    /** Not started yet. */
    public StrongswanOciSide(Topology topology, Mode mode, LabFiles files) {
        this.topology = topology;
        this.mode = mode;
        this.files = files;
    }

    @Override
    public void start() {
        for (int number = 1; number <= 2; number++) startHeadEnd(number);
        switch (mode) {
            case BGP -> Frr.start(topology.namespaces(), "drg", OciRouting.drgBgp(true), "");
            case STATIC -> reroute(List.of(1, 2));
        }
    }

    @Override
    public List<String> receivedRoutes(int tunnel) {
        var cpe = Addresses.cpeInTunnel(tunnel);
        return BgpTable.prefixesVia(cpe, headEndBgp(tunnel).routesFrom(cpe));
    }

    @Override
    public boolean drgUsesBoth() {
        return DrgRoutes.useBoth(topology.namespaces());
    }

    @Override
    public void crash(int headEnd) {
        headEnd(headEnd).job().kill();
        headEnd(headEnd).job().awaitEnd(Shell.SHORT);
        var frr = bgp.remove(headEnd);
        if (frr != null) frr.jobs().forEach(Job::kill);
    }

    @Override
    public void restart(int headEnd) {
        startHeadEnd(headEnd);
    }

    @Override
    public void reroute(List<Integer> headEndsAlive) {
        if (mode == Mode.STATIC) topology.drgRoutes(headEndsAlive.stream().map(Topology::headEndInner).toList());
    }

    @Override
    public String lastWords(int lines) {
        var words = new StringBuilder();
        headEnds.forEach((number, charon) -> {
            var log = charon.log().lines().toList();
            words.append("--- charon at oci").append(number).append(":\n");
            log.subList(Math.max(0, log.size() - lines), log.size()).forEach(line -> words.append(line).append('\n'));
        });
        return words.toString();
    }

    /** The charon of head end 1 or 2. */
    public Strongswan headEnd(int number) {
        return Objects.requireNonNull(headEnds.get(number));
    }

    /** The FRR of head end 1 or 2, in the BGP case. */
    public Frr headEndBgp(int number) {
        return Objects.requireNonNull(bgp.get(number));
    }

    private void startHeadEnd(int number) {
        var secret = files.secret(number);
        var config = mode == Mode.BGP ? StrongswanConfig.bgpHeadEnd(number, secret) : StrongswanConfig.staticHeadEnd(number, secret);
        if (files.ike() == Ike.V2) config = config.speaking(2);     // else either, as Oracle's
        headEnds.put(number, Strongswan.start(topology.namespaces(), "oci" + number, config));
        if (mode == Mode.STATIC) return;
        var routing = OciRouting.headEndBgp(number, true);
        bgp.put(number, Frr.start(topology.namespaces(), "oci" + number, routing, OciRouting.HEAD_END_STATIC_ROUTES));
    }

    @Override
    public String description() {
        return mode == Mode.BGP ? "strongSwan and FRR" : "strongSwan";
    }
}
