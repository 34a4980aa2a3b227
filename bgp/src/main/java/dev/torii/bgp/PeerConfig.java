package dev.torii.bgp;

import dev.torii.bgp.wire.AddressFamily;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;

/**
 * One {@code neighbor}. Durations are whole seconds.
 *
 * @param remoteAs     1 to 2^32-1
 * @param updateSource local address to dial from; the driver's (the address on the tunnel) if absent
 * @param keepalive    proposed interval; the negotiated one is at most a third of the negotiated hold time
 * @param hold         0 (no keepalives) or at least 3 seconds
 * @param connectRetry pause between attempts to dial; FRR's {@code timers connect}, default 120 s
 * @param passive      wait to be dialled
 * @param shutdown     configured, but kept down ({@code Idle (Admin)}); with what a peer that dials is told of it (RFC 9003), which may be empty
 * @param ebgpMultihop TTL of an external session; 1 unless {@code ebgp-multihop}. The driver sets it on the socket
 * @param ttlSecurityHops RFC 5082: packets that have come further are dropped, ours leave with TTL 255. The driver sets it on the socket
 * @param password     RFC 2385; the driver sets it on the socket
 * @param localAs      another AS of ours towards this peer
 * @param gracefulRestart what becomes of its routes while it restarts
 * @param families     per address family; IPv4 unicast is activated unless configured otherwise, others are not
 */
public record PeerConfig(InetAddress address, long remoteAs, Optional<String> description, Optional<InetAddress> updateSource,
        Duration keepalive, Duration hold, Duration connectRetry, Duration delayOpen, boolean passive, Optional<String> shutdown,
        int ebgpMultihop, OptionalInt ttlSecurityHops, Optional<Password> password, Optional<LocalAs> localAs,
        GracefulRestart gracefulRestart, Map<AddressFamily, FamilyConfig> families) {

    /**
     * {@code neighbor X local-as}: another AS towards this peer, in our OPEN and in paths.
     *
     * @param noPrepend not put into what the peer sends
     * @param replaceAs our own AS left out of what the peer is sent
     */
    public record LocalAs(long as, boolean noPrepend, boolean replaceAs) {}

    /**
     * RFC 4724, of which this speaker plays the part that helps.
     *
     * @param helper      a restarting peer's routes are kept; else they go with the session, and nothing is announced of it
     * @param restartTime announced, 0 to 4095 s; that of a peer which only helps says nothing
     * @param staleTime   how long routes are kept at the most until the peer has announced them again
     * @param endOfRib    the peer is told when it has got all there is
     */
    public record GracefulRestart(boolean helper, Duration restartTime, Duration staleTime, boolean endOfRib) {
        /** FRR's defaults. */
        public static final GracefulRestart STANDARD = new GracefulRestart(true, Duration.ofSeconds(120), Duration.ofSeconds(360), true);

        public GracefulRestart withHelper(boolean value) { return new GracefulRestart(value, restartTime, staleTime, endOfRib); }

        public GracefulRestart withRestartTime(Duration value) { return new GracefulRestart(helper, value, staleTime, endOfRib); }

        public GracefulRestart withStaleTime(Duration value) { return new GracefulRestart(helper, restartTime, value, endOfRib); }

        public GracefulRestart withEndOfRib(boolean value) { return new GracefulRestart(helper, restartTime, staleTime, value); }
    }

    public PeerConfig {
        families = Map.copyOf(families);
        if (remoteAs < 1 || remoteAs > 0xFFFF_FFFFL) throw new IllegalArgumentException("remote AS " + remoteAs);
        long seconds = hold.toSeconds();
        if (seconds != 0 && seconds < 3 || seconds > 0xFFFF) throw new IllegalArgumentException("hold time " + hold);
    }

    public static Builder builder(InetAddress address, long remoteAs) { return new Builder(address, remoteAs); }

    /** What is configured for IPv4 unicast. */
    public FamilyConfig ipv4Unicast() { return family(AddressFamily.IPV4_UNICAST); }

    /** What is configured for that family. */
    public FamilyConfig family(AddressFamily family) { return families.getOrDefault(family, unsaid(family)); }

    /** The families to be negotiated. */
    public List<AddressFamily> activeFamilies() { return AddressFamily.KNOWN.stream().filter(family -> family(family).activate()).toList(); }

    private static FamilyConfig unsaid(AddressFamily family) { return family.equals(AddressFamily.IPV4_UNICAST) ? FamilyConfig.DEFAULT : FamilyConfig.INACTIVE; }

    /** FRR's traditional defaults: timers 60 180, connect 120. */
    public static final class Builder {
        private final InetAddress address;
        private final long remoteAs;
        private Optional<String> description = Optional.empty();
        private Optional<InetAddress> updateSource = Optional.empty();
        private Duration keepalive = Duration.ofSeconds(60);
        private Duration hold = Duration.ofSeconds(180);
        private Duration connectRetry = Duration.ofSeconds(120);
        private Duration delayOpen = Duration.ZERO;
        private boolean passive;
        private Optional<String> shutdown = Optional.empty();
        private int ebgpMultihop = 1;
        private OptionalInt ttlSecurityHops = OptionalInt.empty();
        private Optional<Password> password = Optional.empty();
        private Optional<LocalAs> localAs = Optional.empty();
        private GracefulRestart gracefulRestart = GracefulRestart.STANDARD;
        private final Map<AddressFamily, FamilyConfig> families = new HashMap<>();

        private Builder(InetAddress address, long remoteAs) {
            this.address = address;
            this.remoteAs = remoteAs;
            families.put(AddressFamily.IPV4_UNICAST, FamilyConfig.DEFAULT);
        }

        public Builder description(String text) { description = Optional.of(text); return this; }

        public Builder updateSource(InetAddress local) { updateSource = Optional.of(local); return this; }

        public Builder timers(Duration keepaliveInterval, Duration holdTime) { keepalive = keepaliveInterval; hold = holdTime; return this; }

        public Builder connectRetry(Duration interval) { connectRetry = interval; return this; }

        /** FRR's {@code timers delayopen}: how long to wait for the other side's OPEN before sending ours; 0 is off. */
        public Builder delayOpen(Duration interval) { delayOpen = interval; return this; }

        public Builder passive(boolean value) { passive = value; return this; }

        public Builder shutdown(String communication) { shutdown = Optional.of(communication); return this; }

        public Builder ebgpMultihop(int ttl) { ebgpMultihop = ttl; return this; }

        public Builder ttlSecurityHops(int hops) { ttlSecurityHops = OptionalInt.of(hops); return this; }

        public Builder password(Password key) { password = Optional.of(key); return this; }

        public Builder localAs(LocalAs own) { localAs = Optional.of(own); return this; }

        public Builder gracefulRestart(GracefulRestart value) { gracefulRestart = value; return this; }

        /** Changes what is said of it so far. */
        public Builder gracefulRestart(UnaryOperator<GracefulRestart> change) { return gracefulRestart(change.apply(gracefulRestart)); }

        /** Changes what is said of a family so far. */
        public Builder family(AddressFamily family, UnaryOperator<FamilyConfig.Builder> change) {
            families.put(family, change.apply(families.getOrDefault(family, unsaid(family)).toBuilder()).build());
            return this;
        }

        public Builder ipv4Unicast(FamilyConfig family) { families.put(AddressFamily.IPV4_UNICAST, family); return this; }

        public PeerConfig build() {
            return new PeerConfig(address, remoteAs, description, updateSource, keepalive, hold, connectRetry, delayOpen, passive, shutdown, ebgpMultihop,
                    ttlSecurityHops, password, localAs, gracefulRestart, families);
        }
    }
}
