package dev.torii.ike.v1;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeException;
import dev.torii.ike.Octets;
import dev.torii.ike.Spi;
import dev.torii.ike.wire.ExchangeType;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.Message;
import dev.torii.ike.wire.Payload;
import java.util.List;

/** Protected one-way messages: RFC 2409, section 5.7. */
final class Informational {
    private Informational() {
    }

    static Octets seal(IkeCrypto crypto, Phase1Sa sa, int messageId, List<Payload> payloads) {
        var header = IkeHeader.v1(sa.initiatorCookie(), sa.responderCookie(), ExchangeType.INFORMATIONAL, IkeHeader.ENCRYPTED, messageId);
        return new Protection(crypto, sa.proposal(), sa.keys())
                .sealHashed(header, IvChain.phase2(crypto, sa.proposal(), sa.lastBlock(), messageId), Octets.EMPTY, payloads).message();
    }

    static Message open(IkeCrypto crypto, Phase1Sa sa, IkeHeader header, Octets message) throws IkeException {
        IvChain iv = IvChain.phase2(crypto, sa.proposal(), sa.lastBlock(), header.messageId());
        return new Protection(crypto, sa.proposal(), sa.keys()).openHashed(header, iv, Octets.EMPTY, message).message();
    }

    /** DPD's question or answer: RFC 3706, section 5.2. */
    static Payload.Notify deadPeerDetection(Phase1Sa sa, int notifyType, int sequence) {
        return new Payload.Notify(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, sa.spi(), notifyType, Octets.ofInt(sequence));
    }

    static Payload.Delete deleteIke(Phase1Sa sa) {
        return new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ISAKMP, List.of(sa.spi()));
    }

    /** The SPIs are the sender's inbound ones: what the receiver must not use any more. */
    static Payload.Delete deleteChildren(List<Spi> inbound) {
        return new Payload.Delete(Payload.DOI_IPSEC, Payload.PROTOCOL_ESP, inbound.stream().map(Spi::octets).toList());
    }

    /** An error under protection. An SPI of 16 bytes names an IKE SA, of 4 an ESP SA. */
    static Payload.Notify error(int notifyType, Octets spi) {
        int protocol = spi.length() == 4 ? Payload.PROTOCOL_ESP : Payload.PROTOCOL_ISAKMP;
        return new Payload.Notify(Payload.DOI_IPSEC, protocol, spi, notifyType, Octets.EMPTY);
    }
}
