package dev.torii.cli.netns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.torii.cli.lab.Await;
import dev.torii.cli.lab.Mode;
import dev.torii.cli.lab.Strongswan;
import dev.torii.cli.lab.StrongswanConfig;
import dev.torii.cli.lab.Topology;
import dev.torii.cli.lab.ToriiDaemon;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** A network with two tunnels between Torii and strongSwan: tunnel 1 speaks IKEv1, tunnel 2 IKEv2. Either Torii begins both, or strongSwan. */
final class TwoVersions implements AutoCloseable {
    static final List<Integer> TUNNELS = List.of(1, 2);

    private static final Pattern REKEYED = Pattern.compile("REKEYED,[^#]*? in +([0-9a-f]{8})");
    private static final Pattern INSTALLED = Pattern.compile("INSTALLED,[^#]*? in +([0-9a-f]{8})");
    private static final Pattern CPE_PORT = Pattern.compile(Pattern.quote(Topology.CPE_PUBLIC) + "(?::|\\[)(\\d+)");

    private final Vpn vpn;
    private final boolean peersBegin;
    private final List<Strongswan> peers = new ArrayList<>();
    private final List<ToriiDaemon> torii = new ArrayList<>();

    private TwoVersions(Vpn vpn, boolean peersBegin) {
        this.vpn = vpn;
        this.peersBegin = peersBegin;
    }

    /** The network alone. */
    static TwoVersions network(String prefix, boolean peersBegin) {
        return new TwoVersions(Vpn.network(prefix, Mode.BGP), peersBegin);
    }

    Vpn vpn() {
        return vpn;
    }

    /** Who begins. */
    String who() {
        return peersBegin ? "strongSwan begins" : "Torii begins";
    }

    /** The daemon at our end. */
    ToriiDaemon torii(int tunnel) {
        return torii.get(tunnel - 1);
    }

    /** The charon at the other end. */
    Strongswan peer(int tunnel) {
        return peers.get(tunnel - 1);
    }

    /** What a ping through the tunnel asks. */
    static String inside(int tunnel) {
        return "192.168.254." + (4 * tunnel - 2);
    }

    /** Starts Torii at its end or ends, with the lab's files and {@code more} lines in each conn. */
    void startTorii(String... more) throws IOException {
        if (peersBegin) {
            for (int tunnel : TUNNELS) {
                var root = ToriiDaemon.root(vpn.namespaces(), "oci" + tunnel);
                vpn.files().writeHeadEnd(root, Mode.BGP, tunnel);
                var file = root.resolve("etc/ipsec.d/cpe.conf");
                Files.writeString(file, with(Files.readString(file), more).replace("ikev2=no", tunnel == 2 ? "ikev2=insist" : "ikev2=no"));
                torii.add(ToriiDaemon.start(vpn.namespaces(), "oci" + tunnel));
            }
        } else {
            var root = ToriiDaemon.root(vpn.namespaces(), "cpe");
            vpn.files().writeCpe(root, Mode.BGP);
            var file = root.resolve("etc/ipsec.d/oci-ipsec.conf");
            var text = with(Files.readString(file), more);
            int second = text.lastIndexOf("ikev2=no");
            Files.writeString(file, text.substring(0, second) + "ikev2=insist" + text.substring(second + "ikev2=no".length()));
            var cpe = ToriiDaemon.start(vpn.namespaces(), "cpe");
            torii.addAll(List.of(cpe, cpe));
        }
        torii.forEach(ToriiDaemon::awaitReady);
    }

    /** Of a keyword that is there already only the new line stays. */
    private static String with(String conf, String... more) {
        for (var line : more) {
            var keyword = line.substring(0, line.indexOf('=') + 1);
            conf = conf.replaceAll("(?m)^ +" + keyword + ".*\\n?", "").replaceAll("(?m)^( +)(auto=)", "$1" + line + "\n$1$2");
        }
        return conf;
    }

    /** Starts a charon for each tunnel. */
    void startPeers(UnaryOperator<StrongswanConfig> config, UnaryOperator<String> swanctlConf) {
        for (int tunnel : TUNNELS) {
            var headEnd = config.apply(StrongswanConfig.bgpHeadEnd(tunnel, vpn.files().secret(tunnel)).speaking(tunnel));
            var mine = peersBegin ? headEnd.mirrored() : headEnd;
            var conf = swanctlConf.apply(mine.swanctlConf());
            peers.add(peersBegin ? Strongswan.start(vpn.namespaces(), "cpe", "cpe" + tunnel, 0, 0, conf, mine.tunCommands(), mine.logLevel())
                    : Strongswan.start(vpn.namespaces(), "oci" + tunnel, "oci" + tunnel, 500, 4500, conf, mine.tunCommands(), mine.logLevel()));
        }
    }

    /** As a crash would. */
    void killPeers() {
        peers.forEach(peer -> peer.job().kill());
        peers.forEach(peer -> peer.job().awaitEnd(Duration.ofSeconds(5)));
        peers.clear();
    }

    /** Waits until both tunnels carry traffic. */
    void awaitPings() {
        for (int tunnel : TUNNELS) {
            Await.until("a ping through tunnel " + tunnel, Vpn.UP, () -> Ping.answered(vpn.namespaces(), "cpe", inside(tunnel)), this::evidence);
        }
    }

    /** A ping through the tunnel that goes on. */
    Ping ping(int tunnel, Duration interval) {
        return Ping.start(vpn.namespaces(), "cpe", inside(tunnel), interval);
    }

    /**
     * Waits until there is one IKE SA and one pair of child SAs at either end of either tunnel.
     *
     * @param kept tunnels of which strongSwan has replaced the child, and keeps the one before it (IKEv1, unless delete_rekeyed is set): so do we
     */
    void awaitOneOfEach(String what, Duration limit, Set<Integer> kept) {
        for (int tunnel : TUNNELS) {
            int replaced = kept.contains(tunnel) ? 1 : 0;
            Await.until("one IKE SA and one child at both ends of tunnel " + tunnel + " after: " + what, limit, () -> {
                var listed = peer(tunnel).swanctl("--list-sas").out();
                return count(listed, "ESTABLISHED") == 1 && count(listed, "INSTALLED") == 1 && count(listed, "CONNECTING") == 0
                        && status(tunnel).get("ikeSas").size() == 1 && status(tunnel).get("children").size() == 1 + replaced
                        && count(listed, "REKEYED") == replaced
                        && replacedOnes(tunnel).equals(REKEYED.matcher(listed).results().map(row -> row.group(1)).toList());
            }, this::evidence);
        }
    }

    /** What we send with of children that have a successor. */
    private List<String> replacedOnes(int tunnel) {
        var spis = new ArrayList<String>();
        for (var child : status(tunnel).get("children")) {
            if (!child.get("current").asBoolean()) spis.add(child.get("outbound").get("spi").asText());
        }
        return spis;
    }

    /** The SPIs with which strongSwan receives in a tunnel now. */
    List<String> receiving(int tunnel) {
        return INSTALLED.matcher(peer(tunnel).swanctl("--list-sas").out()).results().map(row -> row.group(1)).toList();
    }

    /** The CPE's port as the head end of a tunnel sees it, which is the NAT's; 0 without an IKE SA, or while it sees several. */
    int seenPort(int tunnel) {
        var text = peersBegin ? status(tunnel).path("ikeSas").findValuesAsText("path").toString() : peer(tunnel).swanctl("--list-sas").out();
        var ports = CPE_PORT.matcher(text).results().map(seen -> Integer.valueOf(seen.group(1))).distinct().toList();
        return ports.size() == 1 ? ports.getFirst() : 0;
    }

    private static int count(String text, String word) {
        return text.split(word, -1).length - 1;
    }

    /** What {@code torii status --json} says of the tunnel. */
    JsonNode status(int tunnel) {
        try {
            var connections = new ObjectMapper().readTree(torii(tunnel).torii("status", "--json").out()).get("connections");
            return connections.get(Math.min(tunnel, connections.size()) - 1);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What to read when something does not happen. */
    String evidence() {
        var seen = new StringBuilder();
        for (int tunnel : TUNNELS) {
            var log = peer(tunnel).log().lines().toList();
            seen.append(peer(tunnel).swanctl("--list-sas").text()).append('\n');
            seen.append(String.join("\n", log.subList(Math.max(0, log.size() - 60), log.size()))).append('\n');
            seen.append(torii(tunnel).torii("status").text()).append('\n').append(torii(tunnel).job().tail(40)).append('\n');
        }
        return seen.toString();
    }

    @Override
    public void close() {
        vpn.close();
    }
}
