package dev.torii.cli.netns;

import com.fasterxml.jackson.databind.JsonNode;
import dev.torii.cli.config.ConfigException;
import dev.torii.cli.config.Host;
import dev.torii.cli.config.SiteConfig;
import dev.torii.cli.lab.ToriiDaemon;
import dev.torii.cli.lab.Topology;
import dev.torii.ike.Cookie;
import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.IkeSession;
import dev.torii.ike.Octets;
import dev.torii.ike.crypto.BouncyCastleCrypto;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MessageCodec;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Well-formed messages of somebody who reads the wire but has no key. */
final class Forgery {
    private static final int ICV_AND_MORE = 76;

    private Forgery() {}

    /** A message 1 that no connection's peer would send. */
    static byte[] message1OfNobody(long cookie) {
        return message(IkeHeader.v1(new Cookie(cookie), Cookie.NONE, ExchangeType.MAIN_MODE, 0, 0), new Payload.Sa(List.of()));
    }

    /** That many acceptable first messages of the CPE's tunnel 1, each with a cookie of its own. */
    static List<byte[]> messages1OfTheCpe(Vpn vpn, int count) {
        try {
            var local = InetAddress.getByName(Topology.CPE);
            var tunnel = SiteConfig.load(ToriiDaemon.root(vpn.namespaces(), "cpe"), Host.of(local)).tunnels().getFirst();
            var begun = new IkeSession(tunnel.toIkeConfig(local), new BouncyCastleCrypto(new SecureRandom()))
                    .step(new Event.Start(local, tunnel.remote().orElseThrow()));
            var message = begun.stream().filter(Effect.Send.class::isInstance).map(Effect.Send.class::cast).findFirst().orElseThrow()
                    .message().toByteArray();
            return LongStream.rangeClosed(1, count).mapToObj(cookie -> ByteBuffer.wrap(message.clone()).putLong(0, cookie).array())
                    .toList();
        } catch (UnknownHostException | ConfigException e) {
            throw new AssertionError(e);
        }
    }

    /** What is not authenticated and what only seems to be encrypted, under the cookies and SPIs that {@code connection}'s status shows. */
    static List<byte[]> ofTheSaIn(JsonNode connection) {
        var initiator = Cookie.of(Octets.ofHex(connection.path("ikeSas").path(0).path("initiatorCookie").asText()));
        var responder = Cookie.of(Octets.ofHex(connection.path("ikeSas").path(0).path("responderCookie").asText()));
        var spi = Octets.concat(initiator.octets(), responder.octets());
        var messages = new ArrayList<byte[]>();
        var informational = IkeHeader.v1(initiator, responder, ExchangeType.INFORMATIONAL, 0, 0x11223344);
        messages.add(message(informational, new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, spi,
                NotifyType.NO_PROPOSAL_CHOSEN, Octets.EMPTY)));
        messages.add(message(informational, new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, spi, NotifyType.INITIAL_CONTACT,
                Octets.EMPTY)));
        messages.add(message(informational, new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, List.of(spi))));
        messages.add(message(informational, new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ESP,
                List.of(spi(connection, "inbound")))));
        messages.add(message(informational, new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ESP,
                List.of(spi(connection, "outbound")))));
        messages.add(message(IkeHeader.v1(initiator, responder, ExchangeType.MAIN_MODE, 0, 0), new Payload.Sa(List.of())));
        messages.add(message(IkeHeader.v1(initiator, responder, ExchangeType.MAIN_MODE, 0, 0), new Payload.Ke(Octets.of(new byte[192])),
                new Payload.Nonce(Octets.of(new byte[32]))));
        for (int exchange : List.of(ExchangeType.MAIN_MODE, ExchangeType.INFORMATIONAL, ExchangeType.QUICK_MODE)) {
            int messageId = exchange == ExchangeType.MAIN_MODE ? 0 : 0x55667788;
            messages.add(message(IkeHeader.v1(initiator, responder, exchange, IkeHeader.ENCRYPTED, messageId),
                    new Payload.Hash(Octets.of(new byte[ICV_AND_MORE]))));
        }
        return messages;
    }

    /** ESP under the SPI of {@code side}, with sequence numbers far ahead. */
    static List<byte[]> espOfTheSaIn(JsonNode connection, String side) {
        var spi = spi(connection, side).toByteArray();
        return LongStream.rangeClosed(1, 100).mapToObj(number -> ByteBuffer.allocate(16 + ICV_AND_MORE).put(spi)
                .putInt((int) (number << 24)).putLong(number).array()).toList();
    }

    /** The same behind the marker of port 4500. */
    static byte[] marked(byte[] message) {
        return ByteBuffer.allocate(message.length + 4).putInt(0).put(message).array();
    }

    private static Octets spi(JsonNode connection, String side) {
        return Octets.ofHex(connection.path("children").path(0).path(side).path("spi").asText());
    }

    private static byte[] message(IkeHeader header, Payload... payloads) {
        return MessageCodec.encode(header, List.of(payloads)).toByteArray();
    }
}
