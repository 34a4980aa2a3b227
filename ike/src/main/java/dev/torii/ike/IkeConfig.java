package dev.torii.ike;

import java.time.Duration;
import java.util.List;

/**
 * One connection: who we are, who the peer is, what both accept.
 *
 * @param name for texts
 * @param version which IKE is spoken
 * @param localId our identity
 * @param remoteId what the peer must say
 * @param authentication how either side proves who it is
 * @param ikeProposals in order of preference, not empty
 * @param espProposals in order of preference, not empty; with IKEv1 all with the same PFS group (RFC 2409, section 5.5: one KE payload)
 * @param localSelectors our side's traffic, not empty
 * @param remoteSelectors the peer's side's traffic, not empty; each of ours is protected to each of theirs
 * @param ikeLifetime of an IKE SA; the peer may shorten it
 * @param childLifetime of a child SA; the peer may shorten it
 * @param rekeyMargin how long before the end of a lifetime the successor is negotiated
 * @param rekeyFuzzPercent the margin is enlarged by a random part of up to this percentage, so that two sides rarely collide
 * @param encapsulation whether ESP goes in UDP
 * @param initiate it is ours to keep it up: it is begun by the driver, begun again whatever {@code lifecycle} says of a dead peer, and renewed
 * @param dpdDelay silence after which the peer is probed; zero: never
 * @param dpdTimeout silence after which the peer is dead, longer than {@code dpdDelay}
 * @param retransmission how often a message is repeated
 * @param fragmentation of IKE messages
 * @param lifecycle how it is begun, renewed and given up
 */
public record IkeConfig(String name, IkeVersion version, Identity localId, Identity remoteId, Authentication authentication,
        List<IkeProposal> ikeProposals, List<EspProposal> espProposals,
        List<TrafficSelector> localSelectors, List<TrafficSelector> remoteSelectors,
        Duration ikeLifetime, Duration childLifetime, Duration rekeyMargin, int rekeyFuzzPercent,
        Encapsulation encapsulation, boolean initiate, Duration dpdDelay, Duration dpdTimeout, Retransmission.Policy retransmission,
        Fragmentation fragmentation, Lifecycle lifecycle) {

    /** Checks what would make every negotiation fail. */
    public IkeConfig {
        ikeProposals = List.copyOf(ikeProposals);
        espProposals = List.copyOf(espProposals);
        localSelectors = List.copyOf(localSelectors);
        remoteSelectors = List.copyOf(remoteSelectors);
        if (localSelectors.isEmpty() || remoteSelectors.isEmpty()) {
            throw new IllegalArgumentException(name + ": no traffic selectors");
        }
        if (ikeProposals.isEmpty() || espProposals.isEmpty()) {
            throw new IllegalArgumentException(name + ": no proposals");
        }
        if (version == IkeVersion.V1 && espProposals.stream().map(EspProposal::pfs).distinct().count() > 1) {
            throw new IllegalArgumentException(name + ": Quick Mode can offer one PFS group only");
        }
        if (version == IkeVersion.V1 && ikeProposals.stream().anyMatch(proposal -> proposal.encryption().combined())) {
            throw new IllegalArgumentException(name + ": IKEv1 messages have no combined ciphers");
        }
        if (version == IkeVersion.V1 && (ikeProposals.stream().anyMatch(proposal -> !proposal.additional().isEmpty())
                || espProposals.stream().anyMatch(proposal -> !proposal.additional().isEmpty()))) {
            throw new IllegalArgumentException(name + ": IKEv1 has no additional key exchanges");
        }
        if (version == IkeVersion.V1 && espProposals.stream().anyMatch(proposal -> !proposal.cipher().knownToIkeV1())) {
            throw new IllegalArgumentException(name + ": IKEv1 has no number for a cipher of " + espProposals);
        }
        if (ikeLifetime.toSeconds() < 1 || childLifetime.toSeconds() < 1) {
            throw new IllegalArgumentException(name + ": lifetimes of less than a second");
        }
        if (rekeyMargin.isNegative() || rekeyFuzzPercent < 0) {
            throw new IllegalArgumentException(name + ": negative rekey margin or fuzz");
        }
        if (dpdDelay.isNegative() || !dpdDelay.isZero() && dpdTimeout.compareTo(dpdDelay) <= 0) {
            throw new IllegalArgumentException(name + ": DPD timeout must be longer than its delay");
        }
        if (version == IkeVersion.V1 && !(authentication.own() instanceof Authentication.PreSharedKey && authentication.own().equals(authentication.peer()))) {
            throw new IllegalArgumentException(name + ": IKEv1 is spoken with one pre-shared key only");
        }
    }

    /** The same, which offers and accepts other proposals for the IKE SA. */
    public IkeConfig withIkeProposals(List<IkeProposal> others) {
        return new IkeConfig(name, version, localId, remoteId, authentication, others, espProposals, localSelectors, remoteSelectors,
                ikeLifetime, childLifetime, rekeyMargin, rekeyFuzzPercent, encapsulation, initiate, dpdDelay, dpdTimeout, retransmission,
                fragmentation, lifecycle);
    }

    /** The same for one of the peers that it is for, with a name of its own. */
    public IkeConfig forPeer(String instance, Identity peer, Authentication proof) {
        return new IkeConfig(instance, version, localId, peer, proof, ikeProposals, espProposals, localSelectors, remoteSelectors, ikeLifetime, childLifetime,
                rekeyMargin, rekeyFuzzPercent, encapsulation, initiate, dpdDelay, dpdTimeout, retransmission, fragmentation, lifecycle);
    }

    /** The pre-shared key that we prove ourselves with. @throws IllegalStateException if it is something else */
    public Secret preSharedKey() {
        if (authentication.own() instanceof Authentication.PreSharedKey key) {
            return key.secret();
        }
        throw new IllegalStateException(name + " has no pre-shared key");
    }

    /** The rule for what follows the first answer of a set-up: a peer that has spoken and falls silent for the DPD timeout is tried afresh. */
    public Retransmission.Policy onceAnswered() {
        return dpdDelay.isZero() ? retransmission : retransmission.within(dpdTimeout);
    }

    /** ESP in UDP although no NAT is found. */
    public boolean forceEncapsulation() {
        return encapsulation == Encapsulation.YES;
    }
}
