package dev.torii.ike.v2.wire;

import dev.torii.ike.Identity;
import dev.torii.ike.Octets;
import java.util.List;

/** A payload of RFC 7296, section 3.3 and following, without its generic header. */
public sealed interface Payload {
    /** Protocol id of the IKE SA. */
    int PROTOCOL_IKE = 1;
    /** Protocol id of ESP. */
    int PROTOCOL_ESP = 3;
    /** Certificate encoding: X.509, for signatures. */
    int X509 = 4;

    /** Its number, see {@link PayloadType}. */
    int type();

    /** Security association. */
    record Sa(List<Proposal> proposals) implements Payload {
        /** Copies the list. */
        public Sa {
            proposals = List.copyOf(proposals);
        }

        @Override
        public int type() {
            return PayloadType.SA;
        }
    }

    /** Diffie-Hellman public value. */
    record Ke(int group, Octets publicValue) implements Payload {
        @Override
        public int type() {
            return PayloadType.KE;
        }
    }

    /** Either identity. {@code body}: the type, three reserved bytes as they came, the data; AUTH covers it all. */
    sealed interface Id extends Payload {
        /** Everything after the generic header. */
        Octets body();

        /** What it says. */
        default Identity identity() {
            return new Identity(Byte.toUnsignedInt(body().at(0)), body().slice(4, body().length() - 4));
        }

        /** The body for an identity. */
        static Octets bodyOf(Identity identity) {
            return Octets.concat(Octets.of((byte) identity.type(), (byte) 0, (byte) 0, (byte) 0), identity.value());
        }
    }

    /** The initiator's identity. */
    record IdI(Octets body) implements Id {
        @Override
        public int type() {
            return PayloadType.ID_I;
        }
    }

    /** The responder's identity. */
    record IdR(Octets body) implements Id {
        @Override
        public int type() {
            return PayloadType.ID_R;
        }
    }

    /** Certificate. */
    record Cert(int encoding, Octets data) implements Payload {
        @Override
        public int type() {
            return PayloadType.CERT;
        }
    }

    /** Certificate request: hashes of the authorities' public keys, 20 bytes each. */
    record CertReq(int encoding, Octets authorities) implements Payload {
        @Override
        public int type() {
            return PayloadType.CERT_REQ;
        }
    }

    /** Authentication. */
    record Auth(int method, Octets value) implements Payload {
        /** Shared key message integrity code. */
        public static final int SHARED_KEY = 2;

        @Override
        public int type() {
            return PayloadType.AUTH;
        }
    }

    /** Nonce, 16 to 256 bytes. */
    record Nonce(Octets value) implements Payload {
        @Override
        public int type() {
            return PayloadType.NONCE;
        }
    }

    /** Notification. */
    record Notify(int protocol, Octets spi, int notifyType, Octets data) implements Payload {
        /** One that concerns no particular SA. */
        public static Notify of(int notifyType, Octets data) {
            return new Notify(0, Octets.EMPTY, notifyType, data);
        }

        /** Whether it says that something failed. */
        public boolean error() {
            return notifyType < NotifyType.FIRST_STATUS;
        }

        @Override
        public int type() {
            return PayloadType.NOTIFY;
        }
    }

    /** Delete: no SPIs for the IKE SA, four bytes each for ESP. */
    record Delete(int protocol, List<Octets> spis) implements Payload {
        /** Copies the list. */
        public Delete {
            spis = List.copyOf(spis);
        }

        @Override
        public int type() {
            return PayloadType.DELETE;
        }
    }

    /** The initiator's traffic. */
    record TsI(List<Selector> selectors) implements Payload {
        /** Copies the list. */
        public TsI {
            selectors = List.copyOf(selectors);
        }

        @Override
        public int type() {
            return PayloadType.TS_I;
        }
    }

    /** The responder's traffic. */
    record TsR(List<Selector> selectors) implements Payload {
        /** Copies the list. */
        public TsR {
            selectors = List.copyOf(selectors);
        }

        @Override
        public int type() {
            return PayloadType.TS_R;
        }
    }

    /** Anything else, not critical, kept as it came. */
    record Unknown(int type, Octets body) implements Payload {
    }
}
