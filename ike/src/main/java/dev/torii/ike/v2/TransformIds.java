package dev.torii.ike.v2;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspProposal;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IntegrityAlgorithm;
import dev.torii.ike.v2.wire.Transform;
import java.util.ArrayList;
import java.util.List;

/** Our proposals as lists of transforms, one of each type: RFC 7296, section 3.3.2, and IANA's registries. */
final class TransformIds {
    private static final int EXTENDED = 1;

    private TransformIds() {
    }

    static List<Transform> of(IkeProposal proposal) {
        var transforms = new ArrayList<Transform>();
        transforms.add(Transform.cipher(id(proposal.encryption()), proposal.keyBits(), true));
        transforms.add(Transform.of(Transform.PRF, prf(proposal.hash())));
        if (!proposal.encryption().combined()) {
            transforms.add(Transform.of(Transform.INTEG, integrity(proposal.hash())));
        }
        transforms.add(Transform.of(Transform.DH, proposal.group().id()));
        additional(proposal.additional(), transforms);
        return transforms;
    }

    /** @param withGroup false in IKE_AUTH, which has no second key exchange (section 1.2) */
    static List<Transform> of(EspProposal proposal, boolean withGroup) {
        var transforms = new ArrayList<Transform>();
        transforms.add(Transform.cipher(proposal.cipher().id(), proposal.keyBits(), proposal.cipher().variableKey()));
        proposal.integrity().ifPresent(algorithm -> transforms.add(Transform.of(Transform.INTEG, id(algorithm))));
        if (withGroup) {
            proposal.pfs().ifPresent(group -> transforms.add(Transform.of(Transform.DH, group.id())));
        }
        transforms.add(Transform.of(Transform.ESN, proposal.extendedSequence() ? EXTENDED : Transform.NONE));
        if (withGroup) {
            additional(proposal.additional(), transforms);
        }
        return transforms;
    }

    /** RFC 9370, section 2.2.2: the exchanges go in the order of their types. */
    private static void additional(List<DhGroup> methods, List<Transform> transforms) {
        for (int i = 0; i < methods.size(); i++) {
            transforms.add(Transform.of(Transform.FIRST_ADDITIONAL + i, methods.get(i).id()));
        }
    }

    private static int id(EncryptionAlgorithm algorithm) {
        return switch (algorithm) {
            case AES_CBC -> 12;
            case AES_GCM_16 -> 20;
        };
    }

    private static int prf(HashAlgorithm hash) {
        return switch (hash) {
            case SHA1 -> 2;
            case SHA2_256 -> 5;
            case SHA2_384 -> 6;
            case SHA2_512 -> 7;
        };
    }

    private static int integrity(HashAlgorithm hash) {
        return id(switch (hash) {
            case SHA1 -> IntegrityAlgorithm.HMAC_SHA1_96;
            case SHA2_256 -> IntegrityAlgorithm.HMAC_SHA2_256_128;
            case SHA2_384 -> IntegrityAlgorithm.HMAC_SHA2_384_192;
            case SHA2_512 -> IntegrityAlgorithm.HMAC_SHA2_512_256;
        });
    }

    private static int id(IntegrityAlgorithm algorithm) {
        return switch (algorithm) {
            case HMAC_SHA1_96 -> 2;
            case HMAC_SHA2_256_128 -> 12;
            case HMAC_SHA2_384_192 -> 13;
            case HMAC_SHA2_512_256 -> 14;
        };
    }

    static int checksumBytes(HashAlgorithm hash) {
        return hash == HashAlgorithm.SHA1 ? 12 : hash.bytes() / 2;
    }
}
