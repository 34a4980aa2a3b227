package dev.torii.ike.v2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Authentication;
import dev.torii.ike.Cookie;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.Path;
import dev.torii.ike.SignatureScheme;
import dev.torii.ike.Spi;
import dev.torii.ike.cert.Authority;
import dev.torii.ike.cert.PeerCertificate;
import dev.torii.ike.cert.Trust;
import dev.torii.ike.crypto.SignatureNames;
import dev.torii.ike.sim.Configs;
import dev.torii.ike.sim.Endpoint;
import dev.torii.ike.sim.IkePair;
import dev.torii.ike.sim.SimCrypto;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** CERT, CERTREQ and AUTH payloads as no peer should send them: the RFC's answer, a cause in words, and no IKE SA. */
class BadCertificateTest {
    private static final Authority ROOT = Authority.root("CN=Root");
    private static final Authority OWN = ROOT.issue("CN=left").dns("left.example").make();
    private static final List<SignatureScheme> SCHEMES = List.of(SignatureScheme.ECDSA_SHA2_256, SignatureScheme.ECDSA_P256);
    private static final Authentication BOTH = new Authentication(
            new Authentication.Certificate(OWN.chain(), OWN.signingKey(), SCHEMES, Authentication.Sending.ALWAYS),
            new Authentication.Certified(new Trust(List.of(ROOT.certificate), List.of()), SCHEMES, Optional.empty(), Optional.empty(), () -> Authority.NOW));
    private static final Identity ID = Identity.fqdn("left.example");
    private static final IkeConfig LEFT = Configs.left().version(IkeVersion.V2).local(ID).remote(ID).authentication(BOTH).build();
    private static final IkeConfig RIGHT = Configs.right().version(IkeVersion.V2).local(ID).remote(ID).authentication(BOTH).build();

    /** Somebody who has done IKE_SA_INIT, and what IKE_AUTH would be. */
    private record Halfway(IkePair pair, SaV2 sa, List<Payload> sound) {
        Payload.Notify refusal(List<? extends Payload> payloads) throws Exception {
            Octets request = sa.seal(new SimCrypto(3), ExchangeType.IKE_AUTH, false, 1, payloads).whole();
            pair.inject(pair.right(), request);
            Octets answer = pair.right().sent.get(pair.right().sent.size() - 1);
            return Opened.of(sa.protection(new SimCrypto(3)), MessageCodec.header(answer), answer).decode().error().orElseThrow();
        }
    }

    private static Halfway halfway() throws Exception {
        var pair = new IkePair(1, LEFT, RIGHT);
        var crypto = new SimCrypto(77);
        var machine = new SetUpInitiator(LEFT, crypto, new Cookie(9), new Spi(0x1000));
        var path = path();
        SetUp.State sent = machine.step(new SetUp.State.Idle(), new Input.Begin(path)).next();
        pair.inject(pair.right(), ((SetUp.State.InitSent) sent).flight().message().whole());
        Octets answer = pair.right().sent.get(0);
        IkeHeader header = MessageCodec.header(answer);
        var terms = ((SetUp.State.AuthSent) machine.step(sent, new Input.Arrived(path, header, answer, false, Optional.empty())).next()).terms();
        Octets idBody = Payload.Id.bodyOf(ID);
        var payloads = new ArrayList<Payload>(List.of(new Payload.IdI(idBody), new Payload.Cert(Payload.X509, PeerCertificate.encode(OWN.certificate)),
                new Authenticator(LEFT, crypto).prove(terms, true, idBody, MessageCodec.decode(answer))));
        payloads.addAll(ChildNegotiation.first(LEFT, new Spi(0x1000)));
        return new Halfway(pair, terms.sa(), payloads);
    }

    private static Path path() throws Exception {
        return new Path(new InetSocketAddress(InetAddress.getByName("192.168.1.42"), 500), new InetSocketAddress(InetAddress.getByName("198.51.100.11"), 500));
    }

    private static List<Payload> with(List<Payload> payloads, int index, Payload... others) {
        var changed = new ArrayList<>(payloads);
        changed.remove(index);
        changed.addAll(index, List.of(others));
        return changed;
    }

    @Test
    void theSoundOneMakesATunnel() throws Exception {
        Halfway halfway = halfway();
        halfway.pair().inject(halfway.pair().right(), halfway.sa().seal(new SimCrypto(3), ExchangeType.IKE_AUTH, false, 1, halfway.sound()).whole());
        assertEquals(1, halfway.pair().right().ikeSas.size());
    }

    @Test
    void eachBadProofIsRefusedInWords() throws Exception {
        List<Payload> sound = halfway().sound();
        Octets der = ((Payload.Cert) sound.get(1)).data();
        Octets auth = ((Payload.Auth) sound.get(2)).value();
        Octets name = SignatureNames.encode(SignatureScheme.ECDSA_SHA2_256);
        Octets signature = auth.last(auth.length() - 1 - name.length());
        Payload root = new Payload.Cert(Payload.X509, PeerCertificate.encode(ROOT.certificate));
        Map<String, List<Payload>> table = new LinkedHashMap<>();
        table.put("24 the peer sends no certificate", with(sound, 1));
        table.put("24 the peer's certificate has encoding 12", with(sound, 1, new Payload.Cert(12, Octets.of(new byte[40]))));
        table.put("24 a certificate that cannot be read", with(sound, 1, new Payload.Cert(Payload.X509, Octets.EMPTY)));
        table.put("24 a certificate that cannot be read:", with(sound, 1, new Payload.Cert(Payload.X509, der.slice(0, der.length() - 1))));
        table.put("24 the key of CN=Root is not for signatures (key usage)", with(sound, 1, root, sound.get(1)));
        table.put("7 AUTH without the name of its algorithm", with(sound, 2, new Payload.Auth(14, Octets.EMPTY)));
        table.put("7 AUTH without the name", with(sound, 2, new Payload.Auth(14, Octets.of((byte) 200, (byte) 0x30))));
        table.put("7 AUTH without", with(sound, 2, new Payload.Auth(14, Octets.concat(Octets.of((byte) 0), signature))));
        table.put("24 the peer signs by an algorithm that is not known here (method 14)",
                with(sound, 2, new Payload.Auth(14, Octets.concat(Octets.of((byte) 2, (byte) 5, (byte) 0), signature))));
        table.put("24 the peer signs by an algorithm that is not known here (method 3)", with(sound, 2, new Payload.Auth(3, signature)));
        table.put("24 the peer signs by RSA with SHA-1, accepted are", with(sound, 2, new Payload.Auth(1, signature)));
        table.put("24 the peer's signature (ECDSA-256) is not by the key", with(sound, 2, new Payload.Auth(9, signature)));
        table.put("24 the peer's signature (ECDSA with SHA2-256) is not by the key",
                with(sound, 2, new Payload.Auth(14, Octets.concat(Octets.of((byte) name.length()), name))));
        table.put("24 the peer authenticates with a pre-shared key", with(sound, 2, new Payload.Auth(2, Octets.of(new byte[48]))));
        table.put("7 2 Auth payloads", with(sound, 2, sound.get(2), sound.get(2)));
        table.put("24 the peer wants EAP", with(sound, 2));
        for (var entry : table.entrySet()) {
            Halfway halfway = halfway();        // same seeds, same keys
            String[] expected = entry.getKey().split(" ", 2);
            assertEquals(expected[0], Integer.toString(halfway.refusal(entry.getValue()).notifyType()), entry.getKey());
            Endpoint right = halfway.pair().right();
            assertTrue(right.reports.get(0).startsWith(expected[1]), entry.getKey() + ": " + right.reports);
            assertEquals(0, right.ikeSas.size() + right.inbound.size(), entry.getKey());
            halfway.pair().runFor(Duration.ofMinutes(2));
            assertEquals(0, right.bound.size(), entry.getKey());
        }
    }

    @Test
    void superfluousCertificatesAndRequestsDoNoHarm() throws Exception {
        Halfway halfway = halfway();
        var payloads = new ArrayList<>(halfway.sound());
        payloads.addAll(Collections.nCopies(40, new Payload.Cert(Payload.X509, PeerCertificate.encode(ROOT.certificate))));
        payloads.add(new Payload.Cert(7, Octets.EMPTY));
        payloads.add(new Payload.CertReq(Payload.X509, Octets.of(new byte[7])));
        payloads.add(new Payload.CertReq(99, Octets.EMPTY));
        halfway.sa().seal(new SimCrypto(3), ExchangeType.IKE_AUTH, false, 1, payloads).datagrams()
                .forEach(datagram -> halfway.pair().inject(halfway.pair().right(), datagram));
        assertEquals(1, halfway.pair().right().ikeSas.size(), () -> halfway.pair().right().reports + " " + halfway.pair().right().dropped);
    }
}
