package dev.torii.ike.fuzz;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.Event;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.session.HalfOpens;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.Endpoint;
import dev.torii.ike.sim.IkePair;
import dev.torii.ike.v2.wire.PayloadType;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * Reads the fuzzer's bytes as a story of two sides: starts, stops, time, replays, altered and made-up messages, which are well sealed. Whatever happens,
 * nothing throws, the driver's assumptions hold (see Endpoint), state is bounded, and some time after Stop none is left.
 */
final class Script {
    private static final int MAX_STEPS = 48;
    private static final int[] EXCHANGES_V1 = {ExchangeType.MAIN_MODE, ExchangeType.QUICK_MODE, ExchangeType.INFORMATIONAL, ExchangeType.TRANSACTION};
    private static final int[] EXCHANGES_V2 =
            {ExchangeType.IKE_SA_INIT, ExchangeType.IKE_AUTH, ExchangeType.CREATE_CHILD_SA, ExchangeType.IKEV2_INFORMATIONAL,
                ExchangeType.IKE_INTERMEDIATE, ExchangeType.IKE_FOLLOWUP_KE, ExchangeType.IKE_INTERMEDIATE, ExchangeType.IKE_FOLLOWUP_KE};
    /** A Delete of IKEv2 is repeated until it is answered or the time is over. */
    private static final Duration GOODBYE = Duration.ofMinutes(2);
    private static final int IV_BYTES = 8;
    private static final int BLOCK = 16;

    private final IkeVersion version;
    private final ByteBuffer in;
    private final IkePair pair;

    private Script(IkeVersion version, List<DhGroup> additional, byte[] input) {
        this.version = version;
        this.in = ByteBuffer.wrap(input);
        var ike = new IkeProposal(version == IkeVersion.V1 ? EncryptionAlgorithm.AES_CBC : EncryptionAlgorithm.AES_GCM_16, 256, HashAlgorithm.SHA2_256,
                DhGroup.ECP256, additional);
        var esp = Configs.ESP.with(additional);
        this.pair = new IkePair(1, shortLived(Configs.left()).ike(ike).esp(esp).build(), shortLived(Configs.right()).ike(ike).esp(esp).build(),
                new TransparentCrypto(1), new TransparentCrypto(2));
    }

    private Configs shortLived(Configs config) {
        return config.version(version).ikeLifetime(Duration.ofSeconds(120)).childLifetime(Duration.ofSeconds(50)).dpdDelay(Duration.ofSeconds(20));
    }

    static void play(IkeVersion version, byte[] input) {
        new Script(version, List.of(), input).play();
    }

    /** IKEv2 with two additional key exchanges (RFC 9370). */
    static void playWithAdditionalKeys(byte[] input) {
        new Script(IkeVersion.V2, List.of(DhGroup.ECP384, DhGroup.X25519), input).play();
    }

    private void play() {
        for (int step = 0; step < MAX_STEPS && in.hasRemaining(); step++) {
            step(next());
        }
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            require(side.bound.size() < 4 * HalfOpens.OF_ONE_SOURCE + MAX_STEPS, "unbounded state");
        }
        pair.left().stop();
        pair.right().stop();
        pair.runFor(GOODBYE);
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            require(side.ikeSas.isEmpty() && side.inbound.isEmpty() && side.outbound.isEmpty() && !side.up, "left after Stop: SAs");
            require(side.bound.isEmpty() && side.timers() == 0, "left after Stop: " + side.bound + ", " + side.timers() + " timers");
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private int next() {
        return in.hasRemaining() ? Byte.toUnsignedInt(in.get()) : 0;
    }

    private void step(int operation) {
        Endpoint side = (operation & 1) == 0 ? pair.left() : pair.right();
        Endpoint other = side == pair.left() ? pair.right() : pair.left();
        switch (operation >> 1 & 7) {
            case 0 -> side.start();
            case 1 -> pair.runFor(Duration.ofMillis(15));
            case 2 -> pair.runFor(Duration.ofMillis(next() * 500L));
            case 3 -> side.sending().ifPresent(child -> side.step(new Event.RekeyChild(child.inbound())));
            case 4 -> pair.inject(side, pick(other.sent));
            case 5 -> pair.inject(side, altered(pick(other.sent)));
            case 6 -> pair.inject(side, madeUp(side));
            default -> {
                if ((operation & 0x10) == 0) {
                    pair.inject(side, madeUp(side));
                } else {
                    side.stop();
                }
            }
        }
    }

    private Octets pick(List<Octets> messages) {
        int back = next();
        return messages.isEmpty() ? Octets.EMPTY : messages.get(messages.size() - 1 - back % messages.size());
    }

    private Octets altered(Octets message) {
        byte[] bytes = message.toByteArray();
        for (int changes = next() % 4; changes >= 0 && bytes.length > 0; changes--) {
            bytes[(next() << 2 | next() & 3) % bytes.length] = (byte) next();
        }
        return Octets.of(bytes);
    }

    /** A chain of the fuzzer's bytes, sealed as by the peer, under the newest names that there are. */
    private Octets madeUp(Endpoint side) {
        int what = next();
        int exchange = version == IkeVersion.V1 ? EXCHANGES_V1[what & 3] : EXCHANGES_V2[what & 3 | what >> 4 & 4];
        Octets named = pick((what & 4) == 0 ? side.sent : pair.left() == side ? pair.right().sent : pair.left().sent);
        if (named.length() < IkeHeader.BYTES) {
            return Octets.EMPTY;
        }
        ByteBuffer names = named.asBuffer();
        int number = next();
        int messageId = (number & 0x80) == 0 ? number : names.getInt(20);
        int flags = version == IkeVersion.V2 ? next() : (what & 8) == 0 ? IkeHeader.ENCRYPTED : 0;
        int firstType = next();
        int length = next() * 2;
        byte[] chain = new byte[Math.min(in.remaining(), length)];
        in.get(chain);
        boolean sealed = (what & 8) == 0;
        byte[] body = !sealed ? chain : version == IkeVersion.V1 ? hashed(firstType, chain) : encrypted(what, firstType, chain);
        int first = !sealed ? firstType : version == IkeVersion.V1 ? dev.torii.ike.wire.PayloadType.HASH : (what & 16) == 0 ? PayloadType.SK : PayloadType.SKF;
        ByteBuffer out = ByteBuffer.allocate(IkeHeader.BYTES + body.length);
        new IkeHeader(new Cookie(names.getLong(0)), new Cookie((what & 32) == 0 ? names.getLong(8) : 0), first,
                version == IkeVersion.V1 ? IkeHeader.VERSION_1 : IkeHeader.VERSION_2, exchange, flags, messageId, 0).encode(first, out);
        out.putInt(IkeHeader.BYTES - Integer.BYTES, out.capacity()).put(body);
        return Octets.of(out.array());
    }

    /** After HASH(1), which is zero as all hashes with a key are here. */
    private static byte[] hashed(int firstType, byte[] chain) {
        int hash = 4 + HashAlgorithm.SHA2_256.bytes();
        ByteBuffer out = ByteBuffer.allocate((hash + chain.length + BLOCK - 1) / BLOCK * BLOCK);
        out.put((byte) firstType).put((byte) 0).putShort((short) hash).position(hash).put(chain);
        return out.array();
    }

    private byte[] encrypted(int what, int firstType, byte[] chain) {
        boolean fragment = (what & 16) != 0;
        ByteBuffer out = ByteBuffer.allocate(4 + (fragment ? 4 : 0) + IV_BYTES + chain.length + 1 + TransparentCrypto.TAG_BYTES);
        out.put((byte) firstType).put((byte) 0).putShort((short) out.capacity());
        if (fragment) {
            out.putShort((short) next()).putShort((short) next());
        }
        out.position(out.position() + IV_BYTES).put(chain);
        return out.array();
    }
}
