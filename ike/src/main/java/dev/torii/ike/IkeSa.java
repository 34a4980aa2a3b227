package dev.torii.ike;

/**
 * An established IKE SA (ISAKMP SA), as the outside sees it.
 *
 * @param initiatorCookie first half of its name
 * @param responderCookie second half of its name
 * @param initiator whether we began it
 * @param proposal what protects it
 * @param path where its messages went when it was established
 * @param localNat a NAT is before us
 * @param remoteNat a NAT is before the peer, or the peer pretends so to force encapsulation
 * @param keys for a key log; copies that the receiver may erase
 */
public record IkeSa(Cookie initiatorCookie, Cookie responderCookie, boolean initiator, IkeProposal proposal, Path path,
        boolean localNat, boolean remoteNat, Keys keys) {
    /** What a key log needs to decrypt the messages. */
    public sealed interface Keys {
        /** Overwrites them. */
        void erase();
    }

    /** IKEv1: RFC 2409, appendix B's Ka. */
    public record KeysV1(Secret encryption) implements Keys {
        @Override
        public void erase() {
            encryption.erase();
        }
    }

    /** IKEv2: RFC 7296, section 2.14; integrity keys are empty and the encryption keys end with the salt if the cipher is combined. */
    public record KeysV2(Secret encryptionInitiator, Secret encryptionResponder, Secret integrityInitiator, Secret integrityResponder)
            implements Keys {
        @Override
        public void erase() {
            encryptionInitiator.erase();
            encryptionResponder.erase();
            integrityInitiator.erase();
            integrityResponder.erase();
        }
    }
}
