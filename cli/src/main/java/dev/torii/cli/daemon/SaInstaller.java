package dev.torii.cli.daemon;

import dev.torii.esp.DatagramSink;
import dev.torii.esp.InboundSa;
import dev.torii.esp.OutboundSa;
import dev.torii.esp.SaDatabase;
import dev.torii.esp.SaParameters;
import dev.torii.esp.Selector;
import dev.torii.esp.Selectors;
import dev.torii.esp.Suite;
import dev.torii.ike.ChildSa;
import dev.torii.ike.EspProposal;
import dev.torii.ike.Path;
import dev.torii.ike.Secret;
import dev.torii.ike.Spi;
import dev.torii.ike.TrafficSelector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns what IKE negotiated with one peer of a tunnel into what the packet path uses: {@link ChildSa} into esp's SAs. */
final class SaInstaller {
    private final SaDatabase sad;
    private final int tunnel;
    private final int replayWindow;
    private final Sinks sinks;
    private final Map<Spi, InboundSa> inbound = new HashMap<>();
    private final Map<Spi, OutboundSa> outbound = new HashMap<>();          // by the inbound one's: that one is ours, and unique
    private boolean inUdp = true;

    /** The ways to a peer. */
    @FunctionalInterface
    interface Sinks {
        /** Where a path's ESP goes in UDP. */
        DatagramSink inUdp(Path path);

        /** Where it goes as IP protocol 50; empty if this host has no socket for that. */
        default Optional<DatagramSink> outsideUdp(Path path) {
            return Optional.empty();
        }
    }

    SaInstaller(SaDatabase sad, int tunnel, int replayWindow, Sinks sinks) {
        this.sad = sad;
        this.tunnel = tunnel;
        this.replayWindow = replayWindow;
        this.sinks = sinks;
    }

    void installInbound(ChildSa child) {
        try (var parameters = parameters(child, child.inbound(), child.inboundKey())) {
            var sa = new InboundSa(parameters, sad.aeads());
            inbound.put(child.inbound(), sa);
            sad.installInbound(tunnel, sa);
        }
    }

    void installOutbound(ChildSa child) {
        try (var parameters = parameters(child, child.outbound(), child.outboundKey())) {
            var sa = new OutboundSa(parameters, sad.aeads());
            outbound.put(child.inbound(), sa);
            sad.installOutbound(tunnel, sa, sink(child.path(), child.udpEncapsulated()));
            inUdp = child.udpEncapsulated();
        }
    }

    /** Whether there is a way for what the child sends. */
    boolean canSend(ChildSa child) {
        return child.udpEncapsulated() || sinks.outsideUdp(child.path()).isPresent();
    }

    private DatagramSink sink(Path path, boolean encapsulated) {
        return encapsulated ? sinks.inUdp(path) : sinks.outsideUdp(path).orElseThrow();
    }

    void remove(ChildSa child) {
        var gone = outbound.remove(child.inbound());
        if (gone != null) sad.removeOutbound(tunnel, sa -> sa == gone);
        if (inbound.remove(child.inbound()) != null) sad.removeInbound(child.inbound().value());
    }

    /** Removes every SA that was installed here; the tunnel may have others. */
    void removeAll() {
        sad.removeOutbound(tunnel, outbound::containsValue);
        for (Spi spi : inbound.keySet()) sad.removeInbound(spi.value());
        outbound.clear();
        inbound.clear();
    }

    void moved(Path path) {
        sad.moved(tunnel, outbound::containsValue, sink(path, inUdp));
    }

    /** Packets opened so far by all inbound SAs that were installed here: rises only with authenticated traffic, or falls when an SA goes. */
    long packetsIn() {
        return inbound.values().stream().mapToLong(sa -> sa.counters().packets()).sum();
    }

    private SaParameters parameters(ChildSa child, Spi spi, Secret key) {
        byte[] material = key.toByteArray();
        try {
            return new SaParameters(spi.value(), suite(child.suite()), material, selectors(child.local(), child.remote()), replayWindow,
                    child.suite().extendedSequence());
        } finally {
            Arrays.fill(material, (byte) 0);
        }
    }

    static Suite suite(EspProposal proposal) {
        return switch (proposal.cipher()) {
            case AES_GCM_16 -> sized(proposal, Suite.AES_128_GCM_16, Suite.AES_192_GCM_16, Suite.AES_256_GCM_16);
            case AES_GCM_12 -> sized(proposal, Suite.AES_128_GCM_12, Suite.AES_192_GCM_12, Suite.AES_256_GCM_12);
            case CHACHA20_POLY1305 -> Suite.CHACHA20_POLY1305;
            case AES_CBC -> switch (proposal.integrity().orElseThrow()) {
                case HMAC_SHA1_96 -> sized(proposal, Suite.AES_128_CBC_HMAC_SHA1_96, Suite.AES_192_CBC_HMAC_SHA1_96, Suite.AES_256_CBC_HMAC_SHA1_96);
                case HMAC_SHA2_256_128 -> sized(proposal,
                        Suite.AES_128_CBC_HMAC_SHA2_256_128, Suite.AES_192_CBC_HMAC_SHA2_256_128, Suite.AES_256_CBC_HMAC_SHA2_256_128);
                case HMAC_SHA2_384_192 -> sized(proposal,
                        Suite.AES_128_CBC_HMAC_SHA2_384_192, Suite.AES_192_CBC_HMAC_SHA2_384_192, Suite.AES_256_CBC_HMAC_SHA2_384_192);
                case HMAC_SHA2_512_256 -> sized(proposal,
                        Suite.AES_128_CBC_HMAC_SHA2_512_256, Suite.AES_192_CBC_HMAC_SHA2_512_256, Suite.AES_256_CBC_HMAC_SHA2_512_256);
            };
        };
    }

    private static Suite sized(EspProposal proposal, Suite of128, Suite of192, Suite of256) {
        return switch (proposal.keyBits()) {
            case 128 -> of128;
            case 192 -> of192;
            case 256 -> of256;
            default -> throw new IllegalArgumentException(proposal.suite());
        };
    }

    /** Each of ours with each of the peer's of the same family. */
    static List<Selectors> selectors(List<TrafficSelector> locals, List<TrafficSelector> remotes) {
        var selectors = new ArrayList<Selectors>();
        for (TrafficSelector local : locals) for (TrafficSelector remote : remotes) {
            if (local.isIpv6() == remote.isIpv6()) selectors.add(new Selectors(selector(local), selector(remote)));
        }
        return selectors;
    }

    private static Selector selector(TrafficSelector ike) {
        boolean anyPort = ike.port() == 0;
        return Selector.ofRange(ike.firstAddress(), ike.lastAddress(), ike.protocol(), ike.port(), anyPort ? 0xFFFF : ike.port());
    }
}
