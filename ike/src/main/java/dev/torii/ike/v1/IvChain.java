package dev.torii.ike.v1;

import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;

/**
 * The initialization vector of the next encrypted message of one message id: RFC 2409, appendix B. Each message's last block is
 * the IV of the next; duplicates must not be run through it.
 */
record IvChain(Octets iv) {
    /** Phase 1 begins with the hash of both public values. */
    static IvChain phase1(IkeCrypto crypto, IkeProposal proposal, Octets initiatorPublic, Octets responderPublic) {
        return cut(proposal, crypto.hash(proposal.hash(), initiatorPublic.toByteArray(), responderPublic.toByteArray()));
    }

    /** A phase 2 exchange begins with the hash of phase 1's last block and the message id. */
    static IvChain phase2(IkeCrypto crypto, IkeProposal proposal, Octets lastPhase1Block, int messageId) {
        return cut(proposal, crypto.hash(proposal.hash(), lastPhase1Block.toByteArray(), Octets.ofInt(messageId).toByteArray()));
    }

    /** After a message with this encrypted body. */
    IvChain after(Octets encrypted) {
        return new IvChain(encrypted.last(iv.length()));
    }

    private static IvChain cut(IkeProposal proposal, Octets hash) {
        return new IvChain(hash.slice(0, proposal.encryption().blockBytes()));
    }
}
