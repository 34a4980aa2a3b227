package dev.torii.ike.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Effect;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Timer;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** RESPONDER-LIFETIME in an Informational of its own, after the exchange: RFC 2407, section 4.6.3.1. */
class ResponderLifetimeTest {
    private static final Octets PEERS_SPI = Octets.ofHex("00001234");

    /** We began both phases. */
    private static Impostor responder() throws IkeException {
        Impostor peer = Impostor.before(6);
        peer.send(peer.message());
        peer.send(peer.quickMode2(payloads -> payloads));
        return peer;
    }

    private static Payload.Notify ofIke(Octets spi, int seconds) {
        return lifetime(Payload.PROTOCOL_ISAKMP, spi, Phase1Policy.LIFE_TYPE, Phase1Policy.LIFE_DURATION, seconds);
    }

    private static Payload.Notify ofChild(Octets spi, int seconds) {
        return lifetime(Payload.PROTOCOL_ESP, spi, Phase2Policy.LIFE_TYPE, Phase2Policy.LIFE_DURATION, seconds);
    }

    private static Payload.Notify lifetime(int protocol, Octets spi, int type, int duration, int seconds) {
        Octets attributes = MessageCodec.attributes(List.of(Attribute.of(type, Lifetimes.SECONDS), Attribute.ofNumber(duration, seconds)));
        return new Payload.Notify(Payload.DOI_IPSEC, protocol, spi, NotifyType.RESPONDER_LIFETIME, attributes);
    }

    private static void inform(Impostor peer, int messageId, Payload.Notify notify) {
        peer.send(peer.hashed(ExchangeType.INFORMATIONAL, messageId, List.of(notify)));
    }

    private static Duration armed(Impostor peer, Timer.Kind kind) {
        Duration last = Duration.ZERO;
        for (Effect effect : peer.victim.effects) {
            if (effect instanceof Effect.Arm(Timer timer, Duration after) && timer.kind() == kind) {
                last = after;
            }
        }
        return last;
    }

    private static void lives(Impostor peer, Duration ike, Duration child) {
        assertEquals(ike, armed(peer, Timer.Kind.IKE_EXPIRE));
        assertEquals(child, armed(peer, Timer.Kind.CHILD_EXPIRE));
    }

    @Test
    void itIsObeyedForTheIkeSaAndForTheChild() throws IkeException {
        Impostor peer = responder();
        Duration ike = armed(peer, Timer.Kind.IKE_EXPIRE);
        inform(peer, 5, ofChild(PEERS_SPI, 600));
        lives(peer, ike, Duration.ofMinutes(10));
        inform(peer, 6, ofIke(peer.sa().spi(), 1800));
        lives(peer, Duration.ofMinutes(30), Duration.ofMinutes(10));
        assertTrue(armed(peer, Timer.Kind.CHILD_REKEY).compareTo(Duration.ofMinutes(10)) < 0, "it is renewed before that");
    }

    @Test
    void ourSpiAndNoneAtAllDoAsWell() throws IkeException {
        Impostor peer = responder();
        inform(peer, 5, ofChild(peer.victim.sending().orElseThrow().inbound().octets(), 600));
        inform(peer, 6, ofIke(Octets.EMPTY, 1800));
        lives(peer, Duration.ofMinutes(30), Duration.ofMinutes(10));
    }

    @Test
    void nothingIsEverStretched() throws IkeException {
        Impostor peer = responder();
        Duration ike = armed(peer, Timer.Kind.IKE_EXPIRE);
        Duration child = armed(peer, Timer.Kind.CHILD_EXPIRE);
        int before = peer.victim.effects.size();
        inform(peer, 5, ofChild(PEERS_SPI, 1_000_000));
        inform(peer, 6, ofIke(Octets.EMPTY, 1_000_000));
        inform(peer, 7, ofIke(Octets.EMPTY, 0));
        lives(peer, ike, child);
        inform(peer, 8, ofChild(PEERS_SPI, 600));
        inform(peer, 9, ofIke(Octets.EMPTY, 1800));
        inform(peer, 10, ofChild(PEERS_SPI, 300));
        inform(peer, 11, ofIke(Octets.EMPTY, 300));
        lives(peer, Duration.ofMinutes(30), Duration.ofMinutes(10));
        assertEquals(1, peer.victim.effects.stream().skip(before).filter(e -> e instanceof Effect.Arm arm
                && arm.timer().kind() == Timer.Kind.CHILD_EXPIRE).count());
    }

    @Test
    void whatIsNotOfTheResponderOrNotProtectedOrNotSoundChangesNothing() throws IkeException {
        Impostor peer = responder();
        Duration ike = armed(peer, Timer.Kind.IKE_EXPIRE);
        Duration child = armed(peer, Timer.Kind.CHILD_EXPIRE);
        inform(peer, 5, ofChild(Octets.ofHex("0badcafe"), 600));
        inform(peer, 6, ofIke(Octets.of(new byte[16]), 600));
        inform(peer, 7, new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, Octets.EMPTY, NotifyType.RESPONDER_LIFETIME, Octets.ofHex("ffff")));
        var plain = IkeHeader.v1(peer.sa().initiatorCookie(), peer.sa().responderCookie(), ExchangeType.INFORMATIONAL, 0, 8);
        peer.send(MessageCodec.encode(plain, List.of(ofIke(Octets.EMPTY, 600), ofChild(PEERS_SPI, 600))));
        lives(peer, ike, child);

        Impostor initiator = Impostor.before(5);
        initiator.send(initiator.message());
        initiator.hear();
        Duration mine = armed(initiator, Timer.Kind.IKE_EXPIRE);
        inform(initiator, 9, ofIke(Octets.EMPTY, 600));
        assertEquals(mine, armed(initiator, Timer.Kind.IKE_EXPIRE));
    }
}
