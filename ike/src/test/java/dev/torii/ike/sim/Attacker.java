package dev.torii.ike.sim;

import dev.torii.ike.Cookie;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Somebody who hears all that arrives, can send from any address, and has no keys: old messages again, also from elsewhere, with changed bits, cut, under
 * other SPIs, the body of one under the header of another, and notifications and deletes that nothing protects, in the peer's name.
 */
final class Attacker implements IkePair.Source {
    /** In one run. */
    static final int MOST_ATTACKS = 300;
    private static final int MOST_HEARD = 200;
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress(IkePair.address("192.0.2.66"), 666);
    private static final int[] ERRORS_V1 = {9, 14, 16, 18, 24, 24576, 24578, 36136};
    private static final int[] ERRORS_V2 = {NotifyType.INVALID_SYNTAX, NotifyType.NO_PROPOSAL_CHOSEN, NotifyType.AUTHENTICATION_FAILED,
            NotifyType.TS_UNACCEPTABLE, 4, 5, 11, 40, 43, 44, 16384};

    private final IkePair pair;
    private final Random dice;
    private final long interval;
    private final List<Heard> heard = new ArrayList<>();
    private long next = Long.MAX_VALUE;
    private int attacks;

    /** What arrived, where, and along which path. */
    private record Heard(Endpoint to, Path path, Octets message) {
    }

    /** @param interval on average */
    Attacker(IkePair pair, long seed, Duration interval) {
        this.pair = pair;
        this.dice = new Random(seed * 131);
        this.interval = interval.toNanos();
        pair.tap((to, path, message) -> {
            if (heard.size() == MOST_HEARD) {
                heard.remove(dice.nextInt(MOST_HEARD));
            }
            heard.add(new Heard(to, path, message));
        });
    }

    void active(boolean now) {
        next = now ? pair.nowNanos() : Long.MAX_VALUE;
    }

    @Override
    public long next() {
        return next;
    }

    @Override
    public void run() {
        next = attacks == MOST_ATTACKS ? Long.MAX_VALUE : next + (long) (2 * dice.nextDouble() * interval) + 1;
        if (heard.isEmpty()) {
            return;
        }
        Heard one = dice.nextBoolean() ? heard.get(heard.size() - 1) : heard.get(dice.nextInt(heard.size()));
        Path path = dice.nextInt(3) > 0 ? one.path() : new Path(one.path().local(), ELSEWHERE);
        pair.forge(one.to(), path, made(one.message()));
        attacks++;
    }

    /** How many so far. */
    int attacks() {
        return attacks;
    }

    private Octets made(Octets message) {
        byte[] bytes = message.toByteArray();
        return switch (dice.nextInt(8)) {
            case 0, 1 -> message;
            case 2 -> flipped(message, dice);
            case 3 -> Octets.of(Arrays.copyOf(bytes, dice.nextInt(bytes.length)));
            case 4 -> Octets.of(ByteBuffer.wrap(bytes).putLong(Long.BYTES * dice.nextInt(2), dice.nextLong()).array());
            case 5 -> spliced(message, heard.get(dice.nextInt(heard.size())).message());
            default -> plain(message);
        };
    }

    /** One to three bits are others. */
    static Octets flipped(Octets message, Random dice) {
        byte[] bytes = message.toByteArray();
        for (int left = 1 + dice.nextInt(3); left > 0; left--) {
            bytes[dice.nextInt(bytes.length)] ^= (byte) (1 << dice.nextInt(8));
        }
        return Octets.of(bytes);
    }

    /** The length is right. */
    private static Octets spliced(Octets header, Octets body) {
        byte[] bytes = body.toByteArray();
        System.arraycopy(header.toByteArray(), 0, bytes, 0, IkeHeader.BYTES - Integer.BYTES);
        return Octets.of(bytes);
    }

    /** Not protected, in the name of who sent the message, or of who got it. */
    private Octets plain(Octets message) {
        try {
            IkeHeader header = IkeHeader.peek(message);
            boolean delete = dice.nextBoolean();
            if (header.majorVersion() == 1) {
                Octets spi = Octets.concat(header.initiator().octets(), header.responder().octets());
                int exchange = dice.nextInt(4) == 0 ? header.exchange() : ExchangeType.INFORMATIONAL;
                var forged = IkeHeader.v1(header.initiator(), header.responder(), exchange, 0, dice.nextInt());
                return dev.torii.ike.wire.MessageCodec.encode(forged, List.of(delete ? new dev.torii.ike.wire.Payload.Delete(1, 1, List.of(spi))
                        : new dev.torii.ike.wire.Payload.Notify(1, 1, spi, ERRORS_V1[dice.nextInt(ERRORS_V1.length)], Octets.EMPTY)));
            }
            int exchange = dice.nextBoolean() ? header.exchange() : ExchangeType.INFORMATIONAL;
            int flags = dice.nextBoolean() ? header.flags() ^ IkeHeader.RESPONSE : dice.nextInt(256) & (IkeHeader.RESPONSE | IkeHeader.INITIATOR);
            Cookie responder = dice.nextInt(4) == 0 ? Cookie.NONE : header.responder();
            var forged = IkeHeader.v2(header.initiator(), responder, exchange, flags, header.messageId() + dice.nextInt(2));
            return dev.torii.ike.v2.wire.MessageCodec.encode(forged, List.of(delete ? new Payload.Delete(1, List.of())
                    : Payload.Notify.of(ERRORS_V2[dice.nextInt(ERRORS_V2.length)], Octets.EMPTY)));
        } catch (MalformedMessageException runt) {
            throw new AssertionError(runt);
        }
    }
}
