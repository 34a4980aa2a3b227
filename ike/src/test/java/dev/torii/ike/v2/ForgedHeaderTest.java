package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.Endpoint;
import dev.torii.ike.sim.IkePair;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.PayloadType;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Anybody on the path can read an IKE SA's name and its message ids, and write them into a message of his own. */
class ForgedHeaderTest {
    @Test
    void aMessageUnderAnIkeSaThatEndsAnywhereIsDropped() throws Exception {
        var pair = new IkePair(1, Configs.left().version(IkeVersion.V2).build(), Configs.right().version(IkeVersion.V2).build());
        pair.left().start();
        pair.runUntil(pair::bothUp, Duration.ofMinutes(1), "set-up");
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            List<IkeSa> before = List.copyOf(side.ikeSas);
            int sent = side.sent.size();
            for (int nextPayload : new int[] {PayloadType.NONE, PayloadType.SK, PayloadType.SKF, PayloadType.NOTIFY}) {
                for (int length = IkeHeader.BYTES; length < IkeHeader.BYTES + 100; length++) {
                    ByteBuffer out = ByteBuffer.allocate(length);
                    IkeHeader.v2(before.get(0).initiatorCookie(), before.get(0).responderCookie(), ExchangeType.IKEV2_INFORMATIONAL,
                            side == pair.left() ? 0 : IkeHeader.INITIATOR, side == pair.left() ? 0 : 2).encode(nextPayload, out);
                    out.putInt(IkeHeader.BYTES - Integer.BYTES, length);
                    if (length >= MessageCodec.SK_BODY_AT) {
                        out.putShort(IkeHeader.BYTES + 2, (short) (length - IkeHeader.BYTES));
                    }
                    pair.inject(side, Octets.of(out.array()));
                }
            }
            assertEquals(before, side.ikeSas);
            assertEquals(sent, side.sent.size());
            assertEquals(400, side.dropped.size());
        }
    }

    /** An IKE SA that was negotiated under another one has no set-up behind it. */
    @Test
    void messagesOfASetUpUnderASuccessorsNameAreDropped() {
        Duration lifetime = Duration.ofMinutes(20);
        var pair = new IkePair(1, Configs.left().version(IkeVersion.V2).ikeLifetime(lifetime).build(), Configs.right().version(IkeVersion.V2).build());
        pair.left().start();
        pair.runUntil(pair::bothUp, Duration.ofMinutes(1), "set-up");
        Cookie first = pair.left().ikeSas.get(0).initiatorCookie();
        pair.runFor(lifetime);
        IkeSa successor = pair.left().ikeSas.get(0);
        assertTrue(!successor.initiatorCookie().equals(first), "renewed");
        for (Endpoint side : List.of(pair.left(), pair.right())) {
            List<IkeSa> before = List.copyOf(side.ikeSas);
            int dropped = side.dropped.size();
            for (int exchange : new int[] {ExchangeType.IKE_SA_INIT, ExchangeType.IKE_AUTH}) {
                for (int flags : new int[] {IkeHeader.INITIATOR, IkeHeader.RESPONSE, 0, IkeHeader.INITIATOR | IkeHeader.RESPONSE}) {
                    for (Cookie responder : List.of(Cookie.NONE, successor.responderCookie())) {
                        for (int messageId = 0; messageId < 2; messageId++) {
                            pair.inject(side, message(successor, responder, exchange, flags, messageId));
                        }
                    }
                }
            }
            assertEquals(before, side.ikeSas);
            assertEquals(32, side.dropped.size() - dropped);
        }
        assertTrue(pair.trafficPasses());
    }

    private static Octets message(IkeSa successor, Cookie responder, int exchange, int flags, int messageId) {
        return MessageCodec.encode(IkeHeader.v2(successor.initiatorCookie(), responder, exchange, flags, messageId), List.of());
    }
}
