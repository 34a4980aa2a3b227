package dev.torii.ike.wire;

import dev.torii.ike.Octets;
import java.util.List;

/** A payload of RFC 2408, section 3.4 and following, without its generic header. */
public sealed interface Payload {
    /** The IPsec domain of interpretation. */
    int DOI_IPSEC = 1;
    /** Protocol id of phase 1. */
    int PROTOCOL_ISAKMP = 1;
    /** Protocol id of ESP. */
    int PROTOCOL_ESP = 3;

    /** Its number, see {@link PayloadType}. */
    int type();

    /** Security association with SIT_IDENTITY_ONLY (RFC 2407, section 4.6.1). */
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
    record Ke(Octets publicValue) implements Payload {
        @Override
        public int type() {
            return PayloadType.KE;
        }
    }

    /** Identification (RFC 2407, section 4.6.2): type, protocol and port, data. */
    record Id(int idType, int protocol, int port, Octets value) implements Payload {
        @Override
        public int type() {
            return PayloadType.ID;
        }
    }

    /** Hash. */
    record Hash(Octets value) implements Payload {
        @Override
        public int type() {
            return PayloadType.HASH;
        }
    }

    /** Nonce. */
    record Nonce(Octets value) implements Payload {
        @Override
        public int type() {
            return PayloadType.NONCE;
        }
    }

    /** Notification. */
    record Notify(int doi, int protocol, Octets spi, int notifyType, Octets data) implements Payload {
        @Override
        public int type() {
            return PayloadType.NOTIFY;
        }
    }

    /** Delete: SPIs of one protocol, all of one size. */
    record Delete(int doi, int protocol, List<Octets> spis) implements Payload {
        /** Copies the list. */
        public Delete {
            spis = List.copyOf(spis);
        }

        @Override
        public int type() {
            return PayloadType.DELETE;
        }
    }

    /** Vendor id. */
    record VendorId(Octets value) implements Payload {
        @Override
        public int type() {
            return PayloadType.VENDOR_ID;
        }
    }

    /** NAT discovery hash (RFC 3947, section 3.2). */
    record NatD(Octets hash) implements Payload {
        @Override
        public int type() {
            return PayloadType.NAT_D;
        }
    }

    /** NAT original address (RFC 3947, section 5.2). */
    record NatOa(int idType, Octets address) implements Payload {
        @Override
        public int type() {
            return PayloadType.NAT_OA;
        }
    }

    /** Anything else, kept as it came. */
    record Unknown(int type, Octets body) implements Payload {
    }
}
