package dev.torii.ike.v2;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.Octets;
import dev.torii.ike.v2.wire.MessageCodec;
import dev.torii.ike.v2.wire.PayloadType;
import dev.torii.ike.wire.IkeHeader;
import java.nio.ByteBuffer;

/**
 * What AUTH covers of the IKE_INTERMEDIATE exchanges: RFC 9242, section 3.3.2.
 *
 * @param initiator over all of the initiator's messages
 * @param responder over all of the responder's
 * @param exchanges how many there were
 */
record IntAuth(Octets initiator, Octets responder, int exchanges) {
    static final IntAuth NONE = new IntAuth(Octets.EMPTY, Octets.EMPTY, 0);
    private static final int NEXT_PAYLOAD_AT = 16;
    private static final int LENGTH_AT = 24;
    private static final int PAYLOAD_LENGTH_AT = IkeHeader.BYTES + 2;

    /**
     * With another exchange.
     *
     * @param asked the initiator's part, from {@link #part}
     * @param answered the responder's
     */
    IntAuth and(Octets asked, Octets answered) {
        return new IntAuth(asked, answered, exchanges + 1);
    }

    /**
     * One side's part with its next message in it.
     *
     * @param keys under which the message went
     * @param datagram the message, or its first fragment
     * @param plain the payloads inside, of all fragments
     */
    Octets part(IkeCrypto crypto, KeyMaterialV2 keys, boolean ofInitiator, Octets datagram, Octets plain) {
        byte[] before = (ofInitiator ? initiator : responder).toByteArray();
        return Octets.of(crypto.prf(keys.hash(), ofInitiator ? keys.pi() : keys.pr(), before, start(datagram, plain.length()), plain.toByteArray())
                .toByteArray());
    }

    /** The headers as if the message was neither encrypted nor in fragments. */
    private static byte[] start(Octets datagram, int plainBytes) {
        byte[] start = datagram.slice(0, MessageCodec.SK_BODY_AT).toByteArray();
        ByteBuffer.wrap(start).put(NEXT_PAYLOAD_AT, (byte) PayloadType.SK).putInt(LENGTH_AT, start.length + plainBytes)
                .putShort(PAYLOAD_LENGTH_AT, (short) (start.length - IkeHeader.BYTES + plainBytes));
        return start;
    }

    /** Nothing without such exchanges; else both parts and the message id of IKE_AUTH. */
    Octets covered() {
        return exchanges == 0 ? Octets.EMPTY
                : Octets.concat(initiator, responder, Octets.of(ByteBuffer.allocate(Integer.BYTES).putInt(exchanges + 1).array()));
    }
}
