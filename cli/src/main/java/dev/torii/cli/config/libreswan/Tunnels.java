package dev.torii.cli.config.libreswan;

import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Host;
import dev.torii.cli.config.InnerAddress;
import dev.torii.cli.config.OuterHeader;
import dev.torii.cli.config.PeerSecrets;
import dev.torii.cli.config.StartMode;
import dev.torii.cli.config.TunnelConfig;
import dev.torii.cli.config.Warning;
import dev.torii.cli.config.libreswan.Conn.Value;
import dev.torii.ike.Authentication;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Encapsulation;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Lifecycle;
import dev.torii.ike.Retransmission;
import dev.torii.ike.Secret;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Conns to {@link TunnelConfig}s: orientation, values, defaults, secrets, and what must be unique among them. */
final class Tunnels {
    private static final int NOBODYS_SECRET = 32;
    private static final int REPLAY_WINDOW = 1024;
    private static final int MAX_REPLAY_WINDOW = 1 << 20;
    private static final Duration LIFETIME = Duration.ofHours(8);
    private static final Duration REKEY_MARGIN = Duration.ofMinutes(9);
    private static final Duration DPD_DELAY = Duration.ofSeconds(10);
    private static final Duration DPD_TIMEOUT = Duration.ofSeconds(30);

    private final Host host;
    private final SecretTable secrets;
    private final List<String> secretsFiles;
    private final Diagnostics diagnostics;
    private final Values values;
    private final Duration natKeepalive;
    private final Algorithms algorithms;
    private final Authentications authentications;
    private final PostQuantumWords postQuantum;
    private final Map<String, Value> marks = new HashMap<>();
    private final Map<String, Value> interfaces = new HashMap<>();
    private final Map<Peers, List<TunnelConfig>> byPeers = new HashMap<>();

    private record Peers(IkeVersion version, Optional<InetAddress> local, Optional<InetAddress> remote) {}

    Tunnels(Host host, SecretTable secrets, List<String> secretsFiles, List<PpkEntry> ppks, Certificates certificates, Map<String, Value> setup,
            Diagnostics diagnostics) {
        this.host = host;
        this.secrets = secrets;
        this.secretsFiles = secretsFiles;
        this.diagnostics = diagnostics;
        this.values = new Values(diagnostics);
        this.natKeepalive = natKeepalive(Optional.ofNullable(setup.get("keep-alive")));
        this.algorithms = new Algorithms(diagnostics);
        this.authentications = new Authentications(certificates, values, diagnostics);
        this.postQuantum = new PostQuantumWords(ppks, values, diagnostics);
    }

    List<TunnelConfig> build(List<Conn> conns) {
        var taken = conns.stream().flatMap(conn -> conn.get("vti-interface").stream()).map(Value::text).collect(Collectors.toSet());
        var tunnels = new ArrayList<TunnelConfig>();
        int number = 0;
        for (Conn conn : conns) {
            while (taken.contains("torii" + number)) number++;
            var tunnel = build(conn, "torii" + number);
            if (tunnel.isEmpty()) continue;
            if (tunnel.get().interfaceName().equals("torii" + number)) number++;
            samePeers(tunnel.get());
            anyIdentity(tunnel.get());
            tunnels.add(tunnel.get());
        }
        return tunnels;
    }

    private Optional<TunnelConfig> build(Conn conn, String freeInterface) {
        int before = diagnostics.errors();
        var version = version(conn);
        var methods = authentications.methods(conn, version).orElse(Authentications.Methods.SECRET);
        unique(marks, values.mark(conn.get("mark")), conn.get("mark"), "mark", "give each conn a mark of its own, like mark=6/0xffffffff");
        Optional<String> named = interfaceName(conn);
        unique(interfaces, named, conn.get("vti-interface").or(() -> conn.get("ipsec-interface")), "interface",
                "give each conn an interface of its own, like vti-interface=vti02");

        var ike = algorithms.ike(conn.get("ike"), version);
        var esp = algorithms.esp(conn.get("phase2alg"), version, values.yes(conn.get("pfs"), true), ike.isEmpty() ? DhGroup.MODP1536 : ike.getFirst().group());
        var ikeLifetime = values.time(conn.get("ikelifetime"), LIFETIME, "s", false);
        var childLifetime = values.time(conn.get("ipsec-lifetime"), LIFETIME, "s", false);
        var margin = margin(conn, ikeLifetime.compareTo(childLifetime) < 0 ? ikeLifetime : childLifetime);
        int fuzz = values.percent(conn.get("rekeyfuzz"), 100);
        var dpd = dpd(conn);
        var retransmission = retransmission(conn);
        var lifecycle = new Lifecycles(values, diagnostics).of(conn, natKeepalive);
        int mtu = values.number(conn.get("mtu"), 576, 65535, 0);
        var outerHeader = new OuterHeader(values.yes(conn.get("encap-dscp"), true), values.yes(conn.get("decap-dscp"), false),
                !values.yes(conn.get("nopmtudisc"), false));
        int metric = values.number(conn.get("metric"), 0, Integer.MAX_VALUE, 0);
        int window = values.number(conn.get("replay-window"), 0, MAX_REPLAY_WINDOW, REPLAY_WINDOW);
        var limits = new Lifecycles(values, diagnostics).limits(conn);
        var extended = extendedSequence(conn.get("esn"), esp, version, window);
        boolean natKeepalive = values.yes(conn.get("nat-keepalive"), true);
        var encapsulation = encapsulation(conn.get("encapsulation"));
        var auto = auto(conn);
        var fragmentation = values.fragmentation(conn.get("fragmentation"));

        var sides = new Orientation(host, diagnostics).of(conn);
        if (sides.isEmpty()) return Optional.empty();
        var ends = sides.get();
        Optional<Identity> localId = authentications.localId(conn, methods, ends.localSide()).flatMap(id -> id);
        Optional<Identity> remoteId = remoteId(conn, methods, ends);
        List<Prefix> localSubnets = subnets(conn, ends.localSide(), version);
        List<Prefix> remoteSubnets = subnets(conn, ends.localSide().other(), version);
        if (remoteSubnets.isEmpty()) remoteSubnets = ends.remote().map(InnerFamilies::host).stream().toList();
        if (remoteSubnets.isEmpty() && diagnostics.errors() == before) {
            diagnostics.error(conn.at(), "conn " + conn.name() + " has no subnet for a peer of any address",
                    "add " + ends.localSide().other().word() + "subnet=");
        }
        if (remoteSubnets.stream().anyMatch(subnet -> subnet.length() == 0) && named.isEmpty() && diagnostics.errors() == before) {
            var at = conn.get(ends.localSide().other(), "subnet").or(() -> conn.get(ends.localSide().other(), "subnets")).map(Value::at).orElse(conn.at());
            diagnostics.error(at, "conn " + conn.name() + " takes all traffic ("
                    + (remoteSubnets.stream().anyMatch(subnet -> subnet.length() == 0 && subnet.ipv6()) ? "::/0" : "0.0.0.0/0")
                    + ") but names no interface to route it into", "add vti-interface=vti01, and routes or BGP over it");
        }
        var protoports = new Protoports(values, diagnostics);
        var localTraffic = protoports.of(conn, ends.localSide());
        var remoteTraffic = protoports.of(conn, ends.localSide().other());
        protoports.check(conn, localTraffic, remoteTraffic);
        Optional<InnerAddress> inner = inner(conn, ends.localSide());
        new InnerFamilies(diagnostics).check(conn, ends, localSubnets, remoteSubnets, inner, mtu);
        if (diagnostics.errors() != before || remoteId.isEmpty()) return Optional.empty();

        Optional<Authentication> authentication = authentication(conn, version, methods, ends, localId, remoteId.get());
        if (authentication.isEmpty()) return Optional.empty();
        return Optional.of(new TunnelConfig(conn.name(), conn.at(), version, ends.local(), ends.remote(), localId, remoteId.get(), authentication.get(),
                peerSecrets(ends, localId, remoteId.get()), ike, extended, localSubnets, remoteSubnets, localTraffic, remoteTraffic, auto,
                named.orElse(freeInterface), inner, mtu == 0 ? OptionalInt.empty() : OptionalInt.of(mtu), outerHeader, metric, window, limits, encapsulation,
                natKeepalive, ikeLifetime, childLifetime, margin, fuzz, dpd.delay(), dpd.timeout(), retransmission, fragmentation, lifecycle));
    }

    /** As Libreswan 5: keyexchange=ikev1 or ikev2 decides; else ikev2=; without either it is IKEv2. A connection speaks one version only. */
    private IkeVersion version(Conn conn) {
        var exchange = conn.get("keyexchange").flatMap(value -> switch (value.text().toLowerCase(Locale.ROOT)) {
            case "ikev1" -> Optional.of(IkeVersion.V1);
            case "ikev2" -> Optional.of(IkeVersion.V2);
            case "ike" -> Optional.empty();
            default -> {
                values.error(value, "is no version of IKE", "write keyexchange=ikev2 or keyexchange=ikev1");
                yield Optional.empty();
            }
        });
        var flag = conn.get("ikev2").flatMap(value -> switch (value.text().toLowerCase(Locale.ROOT)) {
            case "no", "n", "off", "false", "0", "never", "permit", "ikev1" -> Optional.of(IkeVersion.V1);
            case "yes", "y", "on", "true", "1", "insist", "always", "propose", "ikev2" -> Optional.of(IkeVersion.V2);
            default -> {
                values.error(value, "is no version of IKE", "write ikev2=no for IKEv1, or ikev2=insist for IKEv2");
                yield Optional.empty();
            }
        });
        if (exchange.isPresent() && flag.isPresent() && !exchange.equals(flag)) {
            var ignored = conn.get("ikev2").get();
            diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, ignored.keywordAt(),
                    "ikev2=" + ignored.text() + " is not heeded: keyexchange=" + conn.get("keyexchange").get().text()
                    + " decides", "keep one of the two lines");
        }
        return exchange.or(() -> flag).orElse(IkeVersion.V2);
    }

    private Optional<Authentication> authentication(Conn conn, IkeVersion version, Authentications.Methods methods, Orientation.Ends ends,
            Optional<Identity> localId, Identity remoteId) {
        boolean needed = methods.secret(Side.LEFT) || methods.secret(Side.RIGHT);
        Optional<Secret> secret = needed ? secret(secrets, ends, localId, remoteId) : Optional.empty();
        if (needed && secret.isEmpty() && version == IkeVersion.V2 && remoteId.open() && secrets.names(ownIdentities(ends, localId))) {
            secret = Optional.of(Secret.copyOf(new SecureRandom().generateSeed(NOBODYS_SECRET)));       // each peer has its own, nobody this one
        }
        if (needed && secret.isEmpty()) {
            missingSecret(conn, ends, localId, remoteId);
            return Optional.empty();
        }
        var own = authentications.own(conn, methods, ends, localId, secret);
        int before = diagnostics.errors();
        var peer = authentications.peer(conn, methods, ends, secret);
        var keys = postQuantum.of(conn, version, table -> secret(table, ends, localId, remoteId));
        return own.isPresent() && peer.isPresent() && diagnostics.errors() == before ? Optional.of(new Authentication(own.get(), peer.get(), keys))
                : Optional.empty();
    }

    private void unique(Map<String, Value> seen, Optional<String> key, Optional<Value> value, String what, String suggestion) {
        if (key.isEmpty() || value.isEmpty()) return;
        var first = seen.putIfAbsent(key.get(), value.get());
        if (first != null) values.error(value.get(), "is the " + what + " of another conn too, at " + first.at(), suggestion);
    }

    /** vti-interface=, or ipsec-interface=N for ipsecN. */
    private Optional<String> interfaceName(Conn conn) {
        if (conn.get("vti-interface").isPresent()) return values.interfaceName(conn.get("vti-interface"));
        var value = conn.get("ipsec-interface");
        return value.flatMap(v -> switch (v.text().toLowerCase(Locale.ROOT)) {
            case "no", "off", "false", "n" -> Optional.empty();
            case "yes", "on", "true", "y" -> Optional.of("ipsec1");
            default -> Optional.of("ipsec" + values.number(value, 0, 65535, 0));
        });
    }

    private Duration margin(Conn conn, Duration shortest) {
        if (conn.get("rekeymargin").isEmpty()) return REKEY_MARGIN.compareTo(shortest.dividedBy(4)) <= 0 ? REKEY_MARGIN : shortest.dividedBy(4);
        var margin = values.time(conn.get("rekeymargin"), REKEY_MARGIN, "s", true);
        if (margin.compareTo(shortest) >= 0) {
            values.error(conn.get("rekeymargin").get(), "is not shorter than the shortest lifetime, " + shortest.toSeconds() + " s",
                    "write a fraction of the lifetime");
        }
        return margin;
    }

    private record Dpd(Duration delay, Duration timeout) {}

    private Dpd dpd(Conn conn) {
        var delayValue = conn.get("dpddelay");
        var timeoutValue = conn.get("dpdtimeout");
        var timeout = values.time(timeoutValue, DPD_TIMEOUT, "s", false);
        if (delayValue.isEmpty()) {
            return new Dpd(timeout.compareTo(DPD_DELAY.multipliedBy(3)) >= 0 ? DPD_DELAY : Duration.ofMillis(Math.max(1, timeout.toMillis() / 3)), timeout);
        }
        var delay = values.time(delayValue, DPD_DELAY, "s", true);
        if (timeoutValue.isEmpty()) return new Dpd(delay, delay.multipliedBy(3).compareTo(DPD_TIMEOUT) > 0 ? delay.multipliedBy(3) : DPD_TIMEOUT);
        if (!delay.isZero() && timeout.compareTo(delay) <= 0) {
            values.error(timeoutValue.get(), "is not longer than dpddelay=" + delayValue.get().text(), "write three times dpddelay, like 30s");
        }
        return new Dpd(delay, timeout);
    }

    /** {@code keep-alive=} of config setup, in seconds; 0 is the standard, as in pluto. */
    private Duration natKeepalive(Optional<Value> value) {
        int seconds = values.number(value, 0, 3600, 0);
        return seconds == 0 ? Lifecycle.STANDARD_KEEPALIVE : Duration.ofSeconds(seconds);
    }

    private Retransmission.Policy retransmission(Conn conn) {
        var standard = Retransmission.Policy.STANDARD;
        var first = values.time(conn.get("retransmit-interval"), standard.first(), "ms", false);
        var total = values.time(conn.get("retransmit-timeout"), standard.total(), "s", false);
        if (total.compareTo(first) >= 0) return new Retransmission.Policy(first, total);
        values.error(conn.get("retransmit-timeout").or(() -> conn.get("retransmit-interval")).orElseThrow(), "makes the timeout shorter than the interval",
                "remove the line: the standard is 500 ms and 60 s");
        return standard;
    }

    private Encapsulation encapsulation(Optional<Value> value) {
        if (value.isEmpty() || value.get().text().equalsIgnoreCase("auto")) return Encapsulation.AUTO;
        if (values.yes(value, true)) return Encapsulation.YES;
        return value.get().keyword().equalsIgnoreCase("forceencaps") ? Encapsulation.AUTO : Encapsulation.NO;
    }

    /** {@code esn=}: with {@code either} both, 64 bits first; Libreswan's {@code either} does not offer them in IKEv1. */
    private List<EspProposal> extendedSequence(Optional<Value> value, List<EspProposal> esp, IkeVersion version, int window) {
        boolean either = value.filter(v -> v.text().equalsIgnoreCase("either")).isPresent();
        boolean yes = either ? version == IkeVersion.V2 && window > 0 : values.yes(value, false);
        if (yes && window == 0) values.error(value.orElseThrow(), "needs a replay window", "remove replay-window=0");
        var extended = esp.stream().map(EspProposal::extended).toList();
        return !yes ? esp : either ? Stream.concat(extended.stream(), esp.stream()).toList() : extended;
    }

    private StartMode auto(Conn conn) {
        var value = conn.get("auto").orElseThrow();
        return switch (value.text().toLowerCase(Locale.ROOT)) {
            case "start" -> StartMode.START;
            case "add" -> StartMode.ADD;
            case "up" -> StartMode.START;
            case "keep" -> StartMode.ADD;           // and begun again by us when the peer is dead: Lifecycles
            case "ondemand", "route" -> StartMode.ONDEMAND;
            default -> {
                values.error(value, "is unknown", "write auto=start, auto=ondemand, auto=add or auto=ignore");
                yield StartMode.ADD;
            }
        };
    }

    private Optional<Identity> remoteId(Conn conn, Authentications.Methods methods, Orientation.Ends ends) {
        var side = ends.localSide().other();
        var value = conn.get(side, "id");
        if (value.isPresent()) return authentications.remoteId(conn, methods, side, value.get());
        return Optional.of(ends.remote().map(Identity::ofAddress).orElse(Identity.ANY));
    }

    /** {@code subnets=}, or {@code subnet=}, which in IKEv2 may be a list too. */
    private List<Prefix> subnets(Conn conn, Side side, IkeVersion version) {
        var one = conn.get(side, "subnet");
        var several = conn.get(side, "subnets");
        if (one.isPresent() && several.isPresent()) {
            values.error(several.get(), "stands beside " + one.get().keyword() + "=", "write all subnets into " + several.get().keyword() + "=");
        }
        if (one.isPresent() && version == IkeVersion.V1 && one.get().text().contains(",")) {
            values.error(one.get(), "is a list, which only IKEv2 has here", "write " + one.get().keyword() + "s={" + one.get().text().replace(",", " ") + "}");
            return List.of();
        }
        return several.or(() -> one).map(values::subnets).orElse(List.of());
    }

    private Optional<InnerAddress> inner(Conn conn, Side local) {
        var own = conn.get(local, "vti").or(() -> conn.get(local, "interface-ip"));
        if (own.isEmpty()) {
            conn.get(local.other(), "vti").ifPresent(value -> diagnostics.warn(Warning.Kind.WITHOUT_EFFECT, value.keywordAt(),
                    value.keyword() + "= is for the peer's interface: this host is " + local.word(),
                    "write " + local.word() + "vti= for this host's interface"));
        }
        return own.flatMap(values::innerAddress);
    }

    private Optional<Secret> secret(SecretTable table, Orientation.Ends ends, Optional<Identity> localId, Identity remoteId) {
        var found = table.find(ownIdentities(ends, localId), remoteId, ownIdentities(ends, Optional.empty()), ends.remote());
        return found.isPresent() || localId.isPresent() || ends.local().isPresent() ? found : table.findForUnknownLocal(remoteId);
    }

    private Set<Identity> ownIdentities(Orientation.Ends ends, Optional<Identity> localId) {
        return localId.map(Set::of).orElseGet(() -> ends.local().map(Set::of).orElseGet(host::localAddresses).stream().map(Identity::ofAddress)
                .collect(Collectors.toUnmodifiableSet()));
    }

    /** For a conn with {@code rightid=%any}: looked up when a peer says who it is. */
    private PeerSecrets peerSecrets(Orientation.Ends ends, Optional<Identity> localId, Identity remoteId) {
        if (!remoteId.open()) return PeerSecrets.NONE;
        return new PeerSecrets() {
            @Override public Optional<Secret> of(Identity peer) { return secret(secrets, ends, localId, peer); }

            @Override public void erase() { secrets.erase(); }
        };
    }

    /** What peers of any identity have in common is one interface. */
    private void anyIdentity(TunnelConfig tunnel) {
        if (!tunnel.remoteId().open() || tunnel.remoteId() == Identity.AS_CERTIFIED && !tunnel.severalPeers()) return;
        diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, tunnel.at(), "conn " + tunnel.name() + " is for peers of any identity, " + (tunnel.severalPeers()
                ? "and its interface tells them apart only by their subnets: each must ask for its own part of " + tunnel.remoteSubnets()
                + ", and of two that ask for the same the later gets the packets"
                : "one at a time: the later takes the place of the one before"),
                tunnel.severalPeers() ? "give each peer its own subnet, or a conn of its own with its identity"
                        : "name the peer, or for several peers write ikev2=insist and auto=add");
    }

    private void missingSecret(Conn conn, Orientation.Ends ends, Optional<Identity> localId, Identity remoteId) {
        String local = localId.map(Identity::toString).or(() -> ends.local().map(InetAddress::getHostAddress)).orElse("%any");
        String file = secretsFiles.isEmpty() ? "/etc/ipsec.secrets" : secretsFiles.getLast();
        diagnostics.error(conn.at(), "no secret for " + local + " and " + remoteId + " (conn " + conn.name() + ")",
                "add to " + file + ": " + local + " " + remoteId + " : PSK \"...\"");
    }

    /**
     * Conns of one version and the same two addresses must differ by identities. As responder, Main Mode must choose the secret by the addresses alone (RFC
     * 2409, section 5.4); in IKEv2 the peer has said who it is by then.
     */
    private void samePeers(TunnelConfig tunnel) {
        var others = byPeers.computeIfAbsent(new Peers(tunnel.ikeVersion(), tunnel.local(), tunnel.remote()), peers -> new ArrayList<>());
        var same = others.stream().filter(other -> other.remoteId().equals(tunnel.remoteId()) && other.localId().equals(tunnel.localId())).findFirst();
        if (same.isPresent() && (tunnel.remoteId().open() || same.get().authentication().equals(tunnel.authentication()))) {
            diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, tunnel.at(), "conn " + tunnel.name() + " has the two addresses and identities of conn "
                    + same.get().name() + " at " + same.get().at() + ", and a peer that begins "
                    + (tunnel.ikeVersion() == IkeVersion.V1 ? "is always answered by that one"
                    : "is answered by that one unless its traffic selectors are of this one alone"),
                    "let this side begin (auto=start), or write one conn with leftsubnets= and rightsubnets=");
        } else if (tunnel.ikeVersion() == IkeVersion.V1) {
            others.stream().filter(other -> !other.authentication().equals(tunnel.authentication())).findFirst()
                    .ifPresent(other -> diagnostics.error(tunnel.at(),
                    "conn " + tunnel.name() + " and conn " + other.name() + " at " + other.at() + " have the same two addresses and different secrets",
                    "use one secret for both, or ikev2=insist: with IKEv1, before the peer says who it is, its address must tell which secret is meant"));
        } else if (same.isPresent() && sameSecretsMeant(same.get(), tunnel)) {
            diagnostics.error(tunnel.at(), "conn " + tunnel.name() + " and conn " + same.get().name() + " at " + same.get().at()
                    + " have the same two addresses and identities and different secrets", "give one of them another " + "rightid=");
        }
        others.add(tunnel);
    }

    private static boolean sameSecretsMeant(TunnelConfig one, TunnelConfig other) {
        return one.authentication().peer() instanceof Authentication.PreSharedKey && other.authentication().peer() instanceof Authentication.PreSharedKey;
    }
}
