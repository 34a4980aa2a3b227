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
 * @param encryptionKey for a key log (RFC 2409, appendix B's Ka); a copy that the receiver may erase
 */
public record IkeSa(Cookie initiatorCookie, Cookie responderCookie, boolean initiator, IkeProposal proposal, Path path,
        boolean localNat, boolean remoteNat, Secret encryptionKey) {
}
