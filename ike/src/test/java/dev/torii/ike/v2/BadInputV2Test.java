package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Cookie;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeSa;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.Spi;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import dev.torii.ike.session.Traffic;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.Endpoint;
import dev.torii.ike.sim.IkePair;
import dev.torii.ike.sim.SimCrypto;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bad messages in each state of both roles: what is not authenticated moves nothing, what is gets the RFC's answer. */
class BadInputV2Test {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final IkeConfig LEFT = Configs.left().version(IkeVersion.V2).dpdDelay(Duration.ZERO).build();
    private static final IkeConfig RIGHT = Configs.right().version(IkeVersion.V2).dpdDelay(Duration.ZERO).build();
    private static final Payload.Unknown STRANGE = new Payload.Unknown(200, Octets.of((byte) 1));

    private final SimCrypto crypto = new SimCrypto(77);

    private static IkePair pair() {
        return new IkePair(1, LEFT, RIGHT);
    }

    private static IkePair up(IkePair pair) {
        pair.left().start();
        pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "set-up");
        return pair;
    }

    private static Octets last(Endpoint side) {
        return side.sent.get(side.sent.size() - 1);
    }

    // ---- IKE_SA_INIT to a responder

    private static Octets init(List<? extends Payload> payloads) {
        return MessageCodec.encode(IkeHeader.v2(new Cookie(5), Cookie.NONE, ExchangeType.IKE_SA_INIT, IkeHeader.INITIATOR, 0), payloads);
    }

    private List<Payload> soundInit() {
        return List.of(IkeNegotiation.offer(LEFT, Octets.EMPTY), new Payload.Ke(5, crypto.generate(DhGroup.MODP1536).publicValue()),
                new Payload.Nonce(Octets.of(crypto.random(32))));
    }

    private static List<Payload> without(List<Payload> payloads, int index) {
        var fewer = new ArrayList<>(payloads);
        fewer.remove(index);
        return fewer;
    }

    private static List<Payload> doubled(List<Payload> payloads, int index) {
        var more = new ArrayList<>(payloads);
        more.add(payloads.get(index));
        return more;
    }

    private static List<Payload> with(List<Payload> payloads, int index, Payload other) {
        var changed = new ArrayList<>(payloads);
        changed.set(index, other);
        return changed;
    }

    @Test
    void eachBadFirstMessageHasTheRfcsAnswerAndLeavesNothing() throws Exception {
        List<Payload> sound = soundInit();
        var other = Configs.left().version(IkeVersion.V2).ike(new dev.torii.ike.IkeProposal(dev.torii.ike.EncryptionAlgorithm.AES_CBC, 128,
                dev.torii.ike.HashAlgorithm.SHA1, DhGroup.MODP1536)).build();
        Map<String, List<Payload>> table = new LinkedHashMap<>();
        for (int i = 0; i < 3; i++) {
            table.put("7 without payload " + i, without(sound, i));
            table.put("7 with payload " + i + " twice", doubled(sound, i));
        }
        table.put("7 with a public value of zero", with(sound, 1, new Payload.Ke(5, Octets.of(new byte[192]))));
        table.put("7 with a public value that is too short", with(sound, 1, new Payload.Ke(5, Octets.of(new byte[191]))));
        table.put("7 with a public value above the prime", with(sound, 1, new Payload.Ke(5, Octets.ofHex("ff".repeat(192)))));
        table.put("7 with a short nonce", with(sound, 2, new Payload.Nonce(Octets.of(new byte[15]))));
        table.put("7 with a long nonce", with(sound, 2, new Payload.Nonce(Octets.of(new byte[257]))));
        table.put("14 with other proposals", with(sound, 0, IkeNegotiation.offer(other, Octets.EMPTY)));
        table.put("14 with no proposal", with(sound, 0, new Payload.Sa(List.of())));
        table.put("17 with another group", with(sound, 1, new Payload.Ke(14, Octets.of(new byte[256]))));
        for (var entry : table.entrySet()) {
            var pair = new IkePair(1, LEFT, RIGHT, new SimCrypto(1), new BouncyCastleCrypto(new SimCrypto.SeededRandom(2)));
            pair.inject(pair.right(), init(entry.getValue()));
            assertEquals(1, pair.right().sent.size(), entry.getKey());
            Message answer = MessageCodec.decode(last(pair.right()));
            assertEquals(entry.getKey().split(" ")[0], Integer.toString(answer.error().orElseThrow().notifyType()), entry.getKey());
            assertTrue(answer.header().response() && answer.header().initiator().equals(new Cookie(5)), entry.getKey());
            assertEquals(0, pair.right().bound.size() + pair.right().timers(), entry.getKey());
        }
    }

    @Test
    void anUnknownPayloadIsIgnoredUnlessItIsCritical() throws Exception {
        List<Payload> payloads = doubled(soundInit(), 2);
        payloads.set(3, STRANGE);
        Octets message = init(payloads);
        IkePair pair = pair();
        pair.inject(pair.right(), message);
        assertEquals(1, pair.right().bound.size());
        byte[] critical = message.toByteArray();
        critical[critical.length - 4] = (byte) 0x80;
        IkePair other = pair();
        other.inject(other.right(), Octets.of(critical));
        Payload.Notify said = MessageCodec.decode(last(other.right())).error().orElseThrow();
        assertEquals(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, said.notifyType());
        assertEquals(Octets.of((byte) 200), said.data());
        assertEquals(0, other.right().bound.size());
    }

    // ---- IKE_AUTH to a responder, from somebody who has done IKE_SA_INIT

    private record Halfway(IkePair pair, SetUp.Terms terms, List<Payload> sound) {
        Message answer(List<? extends Payload> payloads) throws Exception {
            return answer(payloads, new SimCrypto(3));
        }

        Message answer(List<? extends Payload> payloads, SimCrypto sealing) throws Exception {
            Octets request = terms.sa().seal(sealing, ExchangeType.IKE_AUTH, false, 1, payloads).whole();
            int before = pair.right().sent.size();
            pair.inject(pair.right(), request);
            assertEquals(before + 1, pair.right().sent.size());
            Octets answer = last(pair.right());
            pair.inject(pair.right(), request);
            assertEquals(answer, last(pair.right()), "the same request has the same answer");
            IkeHeader header = MessageCodec.header(answer);
            return Opened.of(terms.sa().protection(new SimCrypto(3)), header, answer).decode();
        }
    }

    private static Halfway halfway() throws Exception {
        IkePair pair = pair();
        var crypto = new SimCrypto(77);
        var own = new Cookie(9);
        var machine = new SetUpInitiator(LEFT, crypto, own, new Spi(0x1000));
        var path = new Path(new InetSocketAddress(InetAddress.getByName("192.168.1.42"), 500),
                new InetSocketAddress(InetAddress.getByName("198.51.100.11"), 500));
        SetUp.State sent = machine.step(new SetUp.State.Idle(), new Input.Begin(path)).next();
        pair.inject(pair.right(), ((SetUp.State.InitSent) sent).flight().message().whole());
        Octets answer = last(pair.right());
        var auth = (SetUp.State.AuthSent) machine.step(sent, new Input.Arrived(path, MessageCodec.header(answer), answer, false, Optional.empty())).next();
        Octets idBody = Payload.Id.bodyOf(LEFT.localId());
        var payloads = new ArrayList<Payload>(List.of(new Payload.IdI(idBody), new Payload.Auth(Payload.Auth.SHARED_KEY,
                auth.terms().sa().keys().auth(crypto, LEFT.preSharedKey(), true, auth.terms().request(), auth.terms().nr(), idBody, Octets.EMPTY))));
        payloads.addAll(ChildNegotiation.first(LEFT, new Spi(0x1000)));
        return new Halfway(pair, auth.terms(), payloads);
    }

    @Test
    void aSoundIkeAuthIsAnsweredWithAChild() throws Exception {
        Halfway halfway = halfway();
        assertTrue(halfway.answer(halfway.sound()).error().isEmpty());
        assertEquals(1, halfway.pair().right().inbound.size());
    }

    @Test
    void eachBadIkeAuthHasTheRfcsAnswerAndNoIkeSa() throws Exception {
        List<Payload> sound = halfway().sound();
        Payload.Auth auth = (Payload.Auth) sound.get(1);
        Map<String, List<Payload>> table = new LinkedHashMap<>();
        table.put("7 without identity", without(sound, 0));
        table.put("7 with two identities", doubled(sound, 0));
        table.put("7 with two AUTH payloads", doubled(sound, 1));
        table.put("24 without AUTH, which asks for EAP", without(sound, 1));
        table.put("24 with another AUTH", with(sound, 1, new Payload.Auth(Payload.Auth.SHARED_KEY, Octets.of(new byte[48]))));
        table.put("24 with an empty AUTH", with(sound, 1, new Payload.Auth(Payload.Auth.SHARED_KEY, Octets.EMPTY)));
        table.put("24 with RSA", with(sound, 1, new Payload.Auth(1, auth.value())));
        table.put("24 with another identity", with(sound, 0, new Payload.IdI(Payload.Id.bodyOf(dev.torii.ike.Identity.fqdn("x")))));
        for (var entry : table.entrySet()) {
            Halfway halfway = halfway();        // same seeds, same keys
            assertEquals(entry.getKey().split(" ")[0], Integer.toString(halfway.answer(entry.getValue()).error().orElseThrow().notifyType()), entry.getKey());
            Endpoint right = halfway.pair().right();
            assertEquals(0, right.ikeSas.size() + right.inbound.size(), entry.getKey());
            halfway.pair().runFor(Duration.ofMinutes(2));
            assertEquals(0, right.bound.size(), entry.getKey());
        }
    }

    @Test
    void eachBadChildInIkeAuthIsRefusedAndTheIkeSaStays() throws Exception {
        List<Payload> sound = halfway().sound();
        var elsewhere = new Payload.TsR(List.of(dev.torii.ike.v2.wire.Selector.of(dev.torii.ike.TrafficSelector.ofPrefix(InetAddress.getByName("172.16.0.0"),
                12))));
        Map<String, List<Payload>> table = new LinkedHashMap<>();
        table.put("14 with no proposal", with(sound, 2, new Payload.Sa(List.of())));
        table.put("38 with other traffic", with(sound, 4, elsewhere));
        table.put("38 with no traffic", with(sound, 4, new Payload.TsR(List.of())));
        table.put("7 without traffic selectors", without(sound, 3));
        for (var entry : table.entrySet()) {
            Halfway halfway = halfway();
            Message answer = halfway.answer(entry.getValue());
            assertEquals(entry.getKey().split(" ")[0], Integer.toString(answer.error().orElseThrow().notifyType()), entry.getKey());
            assertTrue(answer.optional(Payload.Auth.class).isPresent(), entry.getKey());
            assertEquals(1, halfway.pair().right().ikeSas.size(), entry.getKey());
            assertEquals(0, halfway.pair().right().inbound.size(), entry.getKey());
        }
    }

    // ---- the answer to IKE_AUTH, from somebody who has the keys

    /** A left side that waits for it, and what a sound one would be. */
    private record Asked(IkePair pair, SaV2 sa, List<Payload> sound) {
        void answer(List<? extends Payload> payloads) {
            pair.inject(pair.left(), sa.seal(new SimCrypto(4), ExchangeType.IKE_AUTH, true, 1, payloads).whole());
        }
    }

    private static Asked asked() throws Exception {
        IkePair pair = pair();
        pair.cut(true);
        pair.left().start();
        var responder = new SetUpResponder(RIGHT, new SimCrypto(78), new Cookie(11), new Spi(0x5000), List.of());
        var path = new Path(new InetSocketAddress(InetAddress.getByName("198.51.100.11"), 500),
                new InetSocketAddress(InetAddress.getByName("192.168.1.42"), 500));
        Octets init = last(pair.left());
        var answered = (SetUp.State.InitAnswered) responder.step(new SetUp.State.Idle(),
                new Input.Arrived(path, MessageCodec.header(init), init, false, Optional.empty())).next();
        pair.inject(pair.left(), answered.terms().response());
        Octets auth = last(pair.left());
        var done = (SetUp.State.Established) responder.step(answered, new Input.Arrived(path, MessageCodec.header(auth), auth, false, Optional.empty())).next();
        SaV2 mine = done.sa();
        var theirs = new SaV2(mine.initiatorSpi(), mine.responderSpi(), true, mine.proposal(), mine.keys(), mine.nat(), mine.limits());
        Octets answer = done.answer().whole();
        return new Asked(pair, mine, Opened.of(theirs.protection(new SimCrypto(5)), MessageCodec.header(answer), answer).decode().payloads());
    }

    private static int of(List<Payload> payloads, Class<? extends Payload> kind) {
        return payloads.indexOf(payloads.stream().filter(kind::isInstance).findFirst().orElseThrow());
    }

    @Test
    void aSoundAnswerToIkeAuthIsTaken() throws Exception {
        Asked asked = asked();
        asked.answer(asked.sound());
        assertEquals(1, asked.pair().left().ikeSas.size(), asked.pair().left().reports.toString());
        assertEquals(1, asked.pair().left().outbound.size());
    }

    @Test
    void eachBadAnswerToIkeAuthMakesNoIkeSa() throws Exception {
        List<Payload> sound = asked().sound();
        int id = of(sound, Payload.IdR.class);
        int auth = of(sound, Payload.Auth.class);
        Map<String, List<Payload>> table = new LinkedHashMap<>();
        table.put("nothing", List.of());
        table.put("no identity", without(sound, id));
        table.put("two identities", doubled(sound, id));
        table.put("another identity", with(sound, id, new Payload.IdR(Payload.Id.bodyOf(dev.torii.ike.Identity.fqdn("x")))));
        table.put("an empty identity", with(sound, id, new Payload.IdR(Payload.Id.bodyOf(dev.torii.ike.Identity.fqdn("")))));
        table.put("the initiator's identity payload", with(sound, id, new Payload.IdI(Payload.Id.bodyOf(RIGHT.localId()))));
        table.put("no AUTH", without(sound, auth));
        table.put("two AUTH payloads", doubled(sound, auth));
        table.put("another AUTH", with(sound, auth, new Payload.Auth(Payload.Auth.SHARED_KEY, Octets.of(new byte[48]))));
        table.put("an empty AUTH", with(sound, auth, new Payload.Auth(Payload.Auth.SHARED_KEY, Octets.EMPTY)));
        table.put("AUTH by RSA", with(sound, auth, new Payload.Auth(1, ((Payload.Auth) sound.get(auth)).value())));
        table.put("a refusal", List.of(Payload.Notify.of(NotifyType.AUTHENTICATION_FAILED, Octets.EMPTY)));
        for (var entry : table.entrySet()) {
            Asked asked = asked();
            asked.answer(entry.getValue());
            Endpoint left = asked.pair().left();
            assertEquals(0, left.ikeSas.size() + left.inbound.size() + left.outbound.size(), entry.getKey());
            assertEquals(1, left.reports.size(), entry.getKey() + left.reports);
        }
    }

    @Test
    void eachBadChildInTheAnswerToIkeAuthIsNoneAndTheIkeSaStays() throws Exception {
        List<Payload> sound = asked().sound();
        int sa = of(sound, Payload.Sa.class);
        int ours = of(sound, Payload.TsI.class);
        var elsewhere = new Payload.TsI(List.of(dev.torii.ike.v2.wire.Selector.of(dev.torii.ike.TrafficSelector.ofPrefix(InetAddress.getByName("172.16.0.0"),
                12))));
        Map<String, List<Payload>> table = new LinkedHashMap<>();
        table.put("no proposal", with(sound, sa, new Payload.Sa(List.of())));
        table.put("wider traffic", with(sound, ours, elsewhere));
        table.put("no traffic", with(sound, ours, new Payload.TsI(List.of())));
        for (var entry : table.entrySet()) {
            Asked asked = asked();
            asked.answer(entry.getValue());
            Endpoint left = asked.pair().left();
            assertEquals(1, left.ikeSas.size(), entry.getKey() + left.reports);
            assertEquals(0, left.inbound.size() + left.outbound.size(), entry.getKey());
        }
    }

    // ---- under an established IKE SA

    private Protection asLeft(IkePair pair) {
        return asLeft(pair, crypto);
    }

    private Protection asLeft(IkePair pair, SimCrypto sealing) {
        IkeSa sa = pair.left().ikeSas.get(0);
        var keys = (IkeSa.KeysV2) sa.keys();
        var material = new KeyMaterialV2(sa.proposal().hash(), keys.encryptionInitiator(), keys.integrityInitiator(), keys.integrityResponder(),
                keys.encryptionInitiator(), keys.encryptionResponder(), keys.encryptionInitiator(), keys.encryptionResponder());
        return new Protection(sealing, sa.proposal(), material, true);
    }

    private Message ask(IkePair pair, int exchange, List<? extends Payload> payloads) throws Exception {
        return ask(pair, exchange, payloads, crypto);
    }

    private Message ask(IkePair pair, int exchange, List<? extends Payload> payloads, SimCrypto sealing) throws Exception {
        IkeSa sa = pair.left().ikeSas.get(0);
        Protection protection = asLeft(pair, sealing);
        pair.inject(pair.right(), protection.seal(IkeHeader.v2(sa.initiatorCookie(), sa.responderCookie(), exchange, IkeHeader.INITIATOR, 2),
                payloads, Limits.NONE).whole());
        Octets answer = last(pair.right());
        IkeHeader header = MessageCodec.header(answer);
        return Opened.of(protection, header, answer).decode();
    }

    @Test
    void eachBadCreateChildSaHasTheRfcsAnswer() throws Exception {
        var offer = ChildNegotiation.Offer.fresh(crypto, new Spi(0x2000), Traffic.of(LEFT), Optional.of(DhGroup.MODP1536));
        List<Payload> sound = ChildNegotiation.request(LEFT, offer, Optional.empty());
        Map<String, List<Payload>> table = new LinkedHashMap<>();
        table.put("7 ends without SA", without(sound, 0));
        table.put("7 ends without nonce", without(sound, 1));
        table.put("7 ends without public value", without(sound, 2));
        table.put("7 ends without traffic selectors", without(sound, 3));
        for (int i = 0; i < sound.size(); i++) {
            table.put("7 ends with payload " + i + " twice", doubled(sound, i));
        }
        table.put("7 ends with a public value that is too short", with(sound, 2, new Payload.Ke(5, Octets.of(new byte[191]))));
        table.put("7 ends with a short nonce", with(sound, 1, new Payload.Nonce(Octets.of(new byte[15]))));
        table.put("7 ends with a long nonce", with(sound, 1, new Payload.Nonce(Octets.of(new byte[257]))));
        table.put("14 stays with no proposal", with(sound, 0, new Payload.Sa(List.of())));
        table.put("17 stays with another group", with(sound, 2, new Payload.Ke(14, Octets.of(new byte[256]))));
        table.put("38 stays with no traffic", with(sound, 3, new Payload.TsI(List.of())));
        table.put("44 stays with an unknown child", ChildNegotiation.request(LEFT, offer, java.util.Optional.of(new Spi(0x3000))));
        for (var entry : table.entrySet()) {
            IkePair pair = up(pair());
            Message answer = ask(pair, ExchangeType.CREATE_CHILD_SA, entry.getValue());
            assertEquals(entry.getKey().split(" ")[0], Integer.toString(answer.error().orElseThrow().notifyType()), entry.getKey());
            assertEquals(entry.getKey().contains("ends") ? 0 : 1, pair.right().ikeSas.size(), entry.getKey());
            assertEquals(entry.getKey().contains("ends") ? 0 : 1, pair.right().inbound.size(), entry.getKey());
        }
    }

    /** Turns the first payload inside into one that is critical: RFC 7296, section 2.5. */
    private static final class Critical extends SimCrypto {
        Critical() {
            super(77);
        }

        @Override
        public Octets encrypt(dev.torii.ike.EncryptionAlgorithm algorithm, dev.torii.ike.Secret key, Octets iv, Octets plain) {
            byte[] inside = plain.toByteArray();
            inside[1] |= (byte) 0x80;
            return super.encrypt(algorithm, key, iv, Octets.of(inside));
        }
    }

    private static List<Payload> strangeFirst(List<? extends Payload> payloads) {
        var all = new ArrayList<Payload>(List.of(STRANGE));
        all.addAll(payloads);
        return all;
    }

    private static void unsupported(Message answer) {
        Payload.Notify said = answer.error().orElseThrow();
        assertEquals(NotifyType.UNSUPPORTED_CRITICAL_PAYLOAD, said.notifyType());
        assertEquals(Octets.of((byte) 200), said.data());
    }

    @Test
    void anUnknownCriticalPayloadInsideSkIsRefusedByNumberInEveryExchange() throws Exception {
        var offer = ChildNegotiation.Offer.fresh(crypto, new Spi(0x2000), Traffic.of(LEFT), Optional.of(DhGroup.MODP1536));
        for (int exchange : new int[] {ExchangeType.CREATE_CHILD_SA, ExchangeType.IKEV2_INFORMATIONAL}) {
            List<Payload> sound = exchange == ExchangeType.CREATE_CHILD_SA ? ChildNegotiation.request(LEFT, offer, Optional.empty()) : List.of();
            IkePair pair = up(pair());
            unsupported(ask(pair, exchange, strangeFirst(sound), new Critical()));
            assertEquals(1, pair.right().inbound.size());
            IkePair other = up(pair());
            assertTrue(ask(other, exchange, strangeFirst(sound), crypto).error().isEmpty(), "without the bit it is passed over");
        }
        Halfway halfway = halfway();
        unsupported(halfway.answer(strangeFirst(halfway.sound()), new Critical()));
        assertEquals(0, halfway.pair().right().ikeSas.size());
    }

    @Test
    void anUnexpectedExchangeEndsTheIkeSa() throws Exception {
        IkePair pair = up(pair());
        assertEquals(NotifyType.INVALID_SYNTAX, ask(pair, ExchangeType.IKE_AUTH, List.of()).error().orElseThrow().notifyType());
        assertEquals(0, pair.right().ikeSas.size());
    }

    @Test
    void aDeleteOfAnUnknownChildIsAnsweredEmpty() throws Exception {
        IkePair pair = up(pair());
        var delete = new Payload.Delete(Payload.PROTOCOL_ESP, List.of(new Spi(0x4000).octets()));
        assertEquals(List.of(), ask(pair, ExchangeType.IKEV2_INFORMATIONAL, List.of(delete, STRANGE)).payloads());
        assertEquals(1, pair.right().inbound.size());
    }

    @Test
    void aRequestWithAnotherNumberOrAnAnswerToNothingIsDropped() {
        IkePair pair = up(pair());
        IkeSa sa = pair.left().ikeSas.get(0);
        int sent = pair.right().sent.size();
        for (int messageId : new int[] {0, 1, 3, 99, -1}) {
            for (int flags : new int[] {IkeHeader.INITIATOR, IkeHeader.INITIATOR | IkeHeader.RESPONSE, 0, IkeHeader.RESPONSE}) {
                pair.inject(pair.right(), asLeft(pair).seal(IkeHeader.v2(sa.initiatorCookie(), sa.responderCookie(), ExchangeType.IKEV2_INFORMATIONAL,
                        flags, messageId), List.of(new Payload.Delete(Payload.PROTOCOL_IKE, List.of())), Limits.NONE).whole());
            }
        }
        assertEquals(sent, pair.right().sent.size());
        assertEquals(1, pair.right().ikeSas.size());
        assertEquals(20, pair.right().dropped.size());
    }

    @Test
    void aForgedMessageUnderAnEstablishedIkeSaIsDropped() {
        IkePair pair = up(pair());
        IkeSa sa = pair.left().ikeSas.get(0);
        Octets sound = asLeft(pair).seal(IkeHeader.v2(sa.initiatorCookie(), sa.responderCookie(), ExchangeType.IKEV2_INFORMATIONAL,
                IkeHeader.INITIATOR, 2), List.of(new Payload.Delete(Payload.PROTOCOL_IKE, List.of())), Limits.NONE).whole();
        int sent = pair.right().sent.size();
        for (int at = 0; at < sound.length(); at++) {
            byte[] forged = sound.toByteArray();
            forged[at] ^= 1;
            pair.inject(pair.right(), Octets.of(forged));
            pair.inject(pair.right(), sound.slice(0, at));
        }
        assertEquals(1, pair.right().ikeSas.size());
        assertTrue(pair.right().sent.subList(sent, pair.right().sent.size()).isEmpty());
        pair.inject(pair.right(), sound);
        assertEquals(0, pair.right().ikeSas.size(), "the sound one does what it says");
    }

    // ---- both sides

    @Test
    void eachMessageOfASetUpCutAnywhereMovesNothing() {
        List<Integer> lengths = lengths();
        for (int message = 0; message < lengths.size(); message++) {
            for (int cut = 0; cut < lengths.get(message); cut += 3) {
                IkePair pair = pair();
                int[] count = {0};
                int which = message;
                int at = cut;
                pair.meddle(octets -> count[0]++ == which ? octets.slice(0, Math.min(at, octets.length())) : octets);
                up(pair);
                assertEquals(1, pair.right().ikeSas.size(), "message " + message + " cut at " + cut + "\n");
                assertEquals(List.of(), pair.left().reports);
            }
        }
    }

    private static List<Integer> lengths() {
        var lengths = new ArrayList<Integer>();
        IkePair pair = pair();
        pair.meddle(octets -> {
            lengths.add(octets.length());
            return octets;
        });
        up(pair);
        assertEquals(4, lengths.size());
        return lengths;
    }

    @Test
    void damagedMessagesNeverThrowAndTheTunnelComesUp() {
        for (long seed = 1; seed <= 300; seed++) {
            var chance = new Random(seed);
            var pair = new IkePair(seed, LEFT, RIGHT);
            boolean[] damage = {true};
            pair.meddle(octets -> damage[0] && chance.nextDouble() < 0.4 ? damaged(octets, chance) : octets);
            pair.left().start();
            pair.runFor(MINUTE);
            damage[0] = false;
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "seed " + seed);
        }
    }

    private static Octets damaged(Octets octets, Random chance) {
        byte[] bytes = octets.toByteArray();
        for (int i = chance.nextInt(4); i >= 0; i--) {
            bytes[chance.nextInt(bytes.length)] = (byte) chance.nextInt();
        }
        return Octets.of(bytes);
    }

    @Test
    void noiseInEveryStateNeverThrows() {
        var chance = new Random(1);
        for (int state = 0; state < 4; state++) {
            IkePair pair = pair();
            pair.left().start();
            pair.runFor(Duration.ofMillis(10L * state + 5));
            for (int i = 0; i < 2000; i++) {
                byte[] noise = new byte[28 + chance.nextInt(200)];
                chance.nextBytes(noise);
                List<Octets> known = pair.left().sent;
                System.arraycopy(known.get(known.size() - 1).toByteArray(), 0, noise, 0, 18);       // SPIs, payload, version
                noise[18] = (byte) (34 + chance.nextInt(4));
                noise[24] = noise[25] = 0;
                noise[26] = (byte) (noise.length >> 8);
                noise[27] = (byte) noise.length;
                pair.inject(pair.right(), Octets.of(noise));
                pair.inject(pair.left(), Octets.of(noise));
            }
            pair.runUntil(() -> pair.bothUp() && pair.trafficPasses(), Duration.ofMinutes(5), "state " + state);
            assertTrue(pair.right().effects.stream().noneMatch(Effect.TunnelDown.class::isInstance));
        }
    }

    @Test
    void anAnswerWithACookieForEverDoesNotLoop() {
        IkePair pair = pair();
        pair.left().start();
        for (int i = 0; i < 50; i++) {
            Octets cookie = MessageCodec.encode(IkeHeader.v2(pair.left().bound.iterator().next(), Cookie.NONE, ExchangeType.IKE_SA_INIT, IkeHeader.RESPONSE, 0),
                    List.of(Payload.Notify.of(NotifyType.COOKIE, Octets.of((byte) i, (byte) 1))));
            pair.inject(pair.left(), cookie);
        }
        assertTrue(pair.left().sent.size() <= 5, "sent " + pair.left().sent.size());
        pair.left().step(new Event.Stop());
    }
}
