package dev.torii.ike.sim;

import dev.torii.ike.ChildSa;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Effect;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeStatus;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** One run of a scenario in a bad network: what must hold meanwhile and in the end, and the whole story if it does not. */
final class Simulation {
    private static final IkeProposal CURVE = new IkeProposal(EncryptionAlgorithm.AES_CBC, 256, HashAlgorithm.SHA2_256, DhGroup.ECP256);
    private static final IkeProposal FURTHER = new IkeProposal(CURVE.encryption(), CURVE.keyBits(), CURVE.hash(), CURVE.group(),
            List.of(DhGroup.X25519, DhGroup.ECP384));
    private static final EspProposal CURVE_CHILD = new EspProposal(EspCipher.AES_GCM_16, 256, Optional.empty(), Optional.of(DhGroup.ECP256));
    private static final Duration BAD_TIME = Duration.ofSeconds(60);
    private static final Duration GOOD_TIME = Duration.ofSeconds(40);
    private static final Duration AGAIN = Duration.ofMinutes(2);
    private static final Duration SETTLED = Duration.ofSeconds(70);         // a late duplicate of a first message is waited for as long as a peer
    private static final Duration AFTER_STOP = Duration.ofSeconds(150);     // half-open exchanges, dead peer detection, waits for answers
    private static final int MOST_MESSAGES_A_SECOND = 20;
    private static final Duration ATTACKS = Duration.ofMillis(200);
    private static final Duration ATTACKS_ON_SET_UP = Duration.ofMillis(20);
    private static final double CORRUPTION = 0.05;

    private final Scenario scenario;
    private final IkeVersion version;
    private final long seed;
    private final boolean real;
    private final boolean additional;
    private final Random dice;
    private final IkeConfig left;
    private final IkeConfig right;
    private final IkePair pair;
    private final Invariants invariants;
    private final Packets packets;
    private final Optional<Attacker> attacker;
    private int reboots;

    /** What a run is played with. */
    enum With {
        /** Nothing more. */
        PLAIN,
        /** Additional key exchanges. */
        ADDITIONAL_KEYS,
        /** Somebody who replays and forges, a link that changes bits, a NAT that forgets. */
        ATTACKER
    }

    /** @param real whether with real cryptography */
    Simulation(Scenario scenario, IkeVersion version, long seed, boolean real, With with) {
        boolean additional = with == With.ADDITIONAL_KEYS;
        this.scenario = scenario;
        this.version = version;
        this.seed = seed;
        this.real = real;
        this.additional = additional;
        this.dice = new Random(seed * 31 + scenario.ordinal());
        this.left = curves(Configs.left().version(version), additional).build();
        this.right = curves(Configs.right().version(version), additional).initiate(scenario.rightInitiates(version)).build();
        this.pair = new IkePair(seed, left, right, crypto(0), crypto(1));
        this.attacker = with == With.ATTACKER ? Optional.of(new Attacker(pair, seed, scenario.kind() == Scenario.Kind.SET_UP ? ATTACKS_ON_SET_UP : ATTACKS))
                : Optional.empty();
        this.invariants = new Invariants(pair, scenario.kind() == Scenario.Kind.SEAMLESS, attacker.isPresent() ? Attacker.MOST_ATTACKS : 0);
        attacker.ifPresent(pair::with);
        this.packets = new Packets(pair, seed, Duration.ofMillis(25));
        pair.with(packets);
        if (seed % 3 == 0) {
            pair.behindNat();
        }
    }

    private static Configs curves(Configs configs, boolean additional) {
        return additional ? configs.ike(FURTHER).esp(CURVE_CHILD.with(FURTHER.additional())) : configs.ike(CURVE).esp(CURVE_CHILD);
    }

    private IkeCrypto crypto(int which) {
        long own = seed * 8 + which;
        return real ? new BouncyCastleCrypto(new SimCrypto.SeededRandom(own)) : new StandInCrypto(own);
    }

    long seed() {
        return seed;
    }

    IkePair pair() {
        return pair;
    }

    /** Left for even seeds, right for odd ones. */
    Endpoint first() {
        return seed % 2 == 0 ? pair.left() : pair.right();
    }

    Endpoint second() {
        return pair.other(first());
    }

    void waitUpTo(Duration most) {
        pair.runFor(Duration.ofNanos((long) (dice.nextDouble() * most.toNanos())));
    }

    void reboot(Endpoint side) {
        side.reboot(side == pair.left() ? left : right, crypto(2 + ++reboots));
    }

    /** Plays it. Throws an error that tells everything when something does not hold. Returns how often the link alone ended the tunnel. */
    int play() {
        try {
            switch (scenario.kind()) {
                case SET_UP -> {
                    bad();
                    scenario.act(this);
                    pair.runUntil(this::agreed, Duration.ofMinutes(10), "set-up");
                }
                case SEAMLESS -> {
                    withTunnel();
                    require(packets.lost() == 0 || invariants.deaths() > 0, packets.lost() + " of " + packets.sent() + " packets lost");
                }
                case INTERRUPTED -> withTunnel();
                case STOPPED -> {
                    bad();
                    scenario.act(this);
                }
            }
            good();
            if (scenario.kind() != Scenario.Kind.STOPPED) {
                settled();
                stop();
            }
            nothingLeft();
            require(attacker.isEmpty() || attacker.get().attacks() > 100 || scenario.kind() == Scenario.Kind.SET_UP || scenario.kind() == Scenario.Kind.STOPPED,
                    "only " + attacker.map(Attacker::attacks).orElse(0) + " attacks");
            require(pair.sent() <= MOST_MESSAGES_A_SECOND * pair.now().toSeconds(), pair.sent() + " messages in " + pair.now());
            return invariants.deaths();
        } catch (AssertionError | RuntimeException failure) {
            throw new AssertionError(this + ": " + failure.getMessage() + "\n" + pair.history(), failure);
        }
    }

    private void withTunnel() {
        pair.left().start();
        if (right.initiate()) {
            pair.runUntil(pair::bothUp, Duration.ofSeconds(5), "set-up in a good network");
            pair.right().start();
        }
        pair.runUntil(this::agreed, Duration.ofSeconds(5), "set-up in a good network");
        packets.flows(true);
        pair.runFor(Duration.ofSeconds(1));
        bad();
        ChildSa before = pair.left().sending().orElseThrow();
        scenario.act(this);
        pair.runFor(BAD_TIME);
        good();
        pair.runUntil(this::agreed, AGAIN, "both up with the same SAs again");
        pair.runFor(GOOD_TIME);
        if (scenario.renewsChild()) {
            require(!before.equals(pair.left().sending().orElseThrow()), "the child is still the old one");
        }
    }

    private boolean agreed() {
        return pair.bothUp() && pair.trafficPasses();
    }

    private void bad() {
        pair.loss(0.3).duplicate(0.1).reorder(0.2).jitter(Duration.ofMillis(30));
        attacker.ifPresent(one -> {
            one.active(true);
            pair.corruption(CORRUPTION);
            pair.remapNat();
        });
    }

    private void good() {
        pair.loss(0).duplicate(0).reorder(0).jitter(Duration.ZERO).corruption(0);
        attacker.ifPresent(one -> one.active(false));
    }

    /** Left alone in a good network, both have the same, and not more than they need. */
    private void settled() {
        pair.runFor(SETTLED);
        require(agreed(), "not the same SAs at both ends");
        int most = version == IkeVersion.V1 && scenario.beginsTwiceAtOnce() ? 2 : 1;      // only IKEv2 has a rule for which of two goes (RFC 7296, 2.8)
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            require(side.ikeSas.size() <= most && side.inbound.size() <= most && side.bound.size() <= most,
                    side.name + " keeps " + side.ikeSas.size() + " IKE SAs, " + side.inbound.size() + " children, " + side.bound.size() + " SPIs");
            require(side.session().status().state() == IkeStatus.State.UP, side.name + " says " + side.session().status().state());
        }
    }

    private void stop() {
        packets.flows(false);
        first().stop();
        second().stop();
    }

    /** Everything that was installed is removed, everything that was armed is over. */
    private void nothingLeft() {
        pair.runFor(AFTER_STOP);
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            require(side.inbound.isEmpty() && side.outbound.isEmpty() && side.ikeSas.isEmpty() && side.bound.isEmpty() && side.timers.isEmpty() && !side.up,
                    side.name + " still has " + side.inbound.size() + " children, " + side.ikeSas.size() + " IKE SAs, SPIs " + side.bound
                    + ", timers " + side.timers);
            require(side.session().status().state() == IkeStatus.State.IDLE, side.name + " says " + side.session().status().state());
        }
        for (Endpoint side : reboots > 0 ? List.<Endpoint>of(second()) : List.of(pair.left(), pair.right())) {
            require(count(side, Effect.IkeUp.class) == count(side, Effect.IkeDown.class), side.name + ": IkeUp and IkeDown");
            require(count(side, Effect.InstallInbound.class) == count(side, Effect.Remove.class), side.name + ": InstallInbound and Remove");
            require(side.ups == side.downs, side.name + ": TunnelUp and TunnelDown");
        }
    }

    private static long count(Endpoint side, Class<? extends Effect> kind) {
        return side.effects.stream().filter(kind::isInstance).count();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    @Override
    public String toString() {
        return "IKE" + version + " " + scenario + " seed " + seed + (additional ? " with additional key exchanges"
                : attacker.isPresent() ? " with an attacker" : "") + (real ? " (real cryptography)" : "");
    }
}
