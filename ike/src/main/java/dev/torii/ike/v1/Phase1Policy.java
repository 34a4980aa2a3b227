package dev.torii.ike.v1;

import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import dev.torii.ike.wire.Proposal;
import dev.torii.ike.wire.Transform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What phase 1 offers and accepts: RFC 2409, section 5 and appendix A. Transforms are compared attribute by attribute. */
final class Phase1Policy {
    static final int LIFE_TYPE = 11;
    static final int LIFE_DURATION = 12;
    private static final int KEY_IKE = 1;
    private static final int ENCRYPTION = 1;
    private static final int HASH = 2;
    private static final int AUTHENTICATION = 3;
    private static final int GROUP = 4;
    private static final int GROUP_TYPE = 5;
    private static final int KEY_LENGTH = 14;
    private static final int PRE_SHARED_KEY = 1;
    private static final int XAUTH = 65001;         // draft-beaulieu-ike-xauth, never registered
    private static final int XAUTH_LAST = 65010;
    private static final int MODP_GROUP = 1;
    private static final int ECP_GROUP = 2;
    private static final List<Integer> KNOWN =
            List.of(ENCRYPTION, HASH, AUTHENTICATION, GROUP, GROUP_TYPE, KEY_LENGTH, LIFE_TYPE, LIFE_DURATION);

    private final IkeConfig config;

    Phase1Policy(IkeConfig config) {
        this.config = config;
    }

    /** What was agreed. {@code answer} is what a responder sends back: the chosen transform as it was offered. */
    record Agreed(IkeProposal proposal, Duration lifetime, Payload.Sa answer) {
    }

    /** All our proposals in order of preference, as transforms of one proposal. */
    Payload.Sa offer() {
        var transforms = new ArrayList<Transform>();
        for (IkeProposal ours : config.ikeProposals()) {
            transforms.add(new Transform(transforms.size() + 1, KEY_IKE, List.of(
                    Attribute.of(ENCRYPTION, ours.encryption().id()),
                    Attribute.of(KEY_LENGTH, ours.keyBits()),
                    Attribute.of(HASH, ours.hash().id()),
                    Attribute.of(GROUP, ours.group().id()),
                    Attribute.of(AUTHENTICATION, PRE_SHARED_KEY),
                    Attribute.of(LIFE_TYPE, Lifetimes.SECONDS),
                    Attribute.ofNumber(LIFE_DURATION, config.ikeLifetime().toSeconds()))));
        }
        return new Payload.Sa(List.of(new Proposal(1, Payload.PROTOCOL_ISAKMP, Octets.EMPTY, transforms)));
    }

    /** The responder's choice: the first of ours that was offered. */
    Agreed choose(Payload.Sa offered) throws Refusal {
        for (IkeProposal ours : config.ikeProposals()) {
            for (Proposal proposal : offered.proposals()) {
                for (Transform transform : proposal.transforms()) {
                    if (proposal.protocol() == Payload.PROTOCOL_ISAKMP && differences(transform, ours).isEmpty()) {
                        var answer = new Payload.Sa(List.of(
                                new Proposal(proposal.number(), proposal.protocol(), proposal.spi(), List.of(transform))));
                        return new Agreed(ours, lifetime(transform), answer);
                    }
                }
            }
        }
        throw new Refusal(NotifyType.NO_PROPOSAL_CHOSEN, "no proposal chosen: " + why(offered));
    }

    /** The initiator's check: exactly one transform, and one that we offered. */
    Agreed check(Payload.Sa answer) throws Refusal {
        if (answer.proposals().size() != 1 || answer.proposals().get(0).transforms().size() != 1) {
            throw new Refusal(NotifyType.NO_PROPOSAL_CHOSEN, "the answer must have exactly one transform");
        }
        return choose(answer);
    }

    private Duration lifetime(Transform transform) {
        return Lifetimes.shorter(config.ikeLifetime(), transform.attributes(), LIFE_TYPE, LIFE_DURATION);
    }

    private String why(Payload.Sa offered) {
        var causes = new ArrayList<String>();
        for (Proposal proposal : offered.proposals()) {
            if (proposal.protocol() != Payload.PROTOCOL_ISAKMP) {
                causes.add("proposal " + proposal.number() + ": protocol " + proposal.protocol());
            }
            for (Transform transform : proposal.transforms()) {
                causes.add("transform " + transform.number() + ": " + Differences.fewest(
                        config.ikeProposals().stream().map(ours -> differences(transform, ours)).toList()));
            }
        }
        return Differences.joined(causes);
    }

    private static List<String> differences(Transform transform, IkeProposal ours) {
        var found = new ArrayList<String>();
        if (transform.id() != KEY_IKE) {
            found.add("transform id " + transform.id());
        }
        Differences.compare(found, "encryption", transform.number(ENCRYPTION), ours.encryption().id(), Phase1Policy::encryptionName);
        Differences.compare(found, "key length", transform.number(KEY_LENGTH), ours.keyBits(), Long::toString);
        Differences.compare(found, "hash", transform.number(HASH), ours.hash().id(), Phase1Policy::hashName);
        Differences.compare(found, "group", transform.number(GROUP), ours.group().id(), Phase1Policy::groupName);
        Differences.compare(found, "authentication", transform.number(AUTHENTICATION), PRE_SHARED_KEY,
                id -> id == PRE_SHARED_KEY ? "pre-shared key" : id >= XAUTH && id <= XAUTH_LAST ? "with XAUTH (method " + id + ")" : "method " + id);
        // seldom said, since the group's number says it
        long groupType = ours.group().elliptic() ? ECP_GROUP : MODP_GROUP;
        if (transform.number(GROUP_TYPE).orElse(groupType) != groupType) {
            found.add("group type " + transform.number(GROUP_TYPE).orElseThrow());
        }
        Differences.unknown(found, transform, KNOWN, List.of(LIFE_TYPE, LIFE_DURATION));
        return found;
    }

    private static String encryptionName(long id) {
        return name(EncryptionAlgorithm.values(), algorithm -> algorithm.id() == id, id);
    }

    private static String hashName(long id) {
        return name(HashAlgorithm.values(), algorithm -> algorithm.id() == id, id);
    }

    static String groupName(long id) {
        return name(DhGroup.values(), group -> group.id() == id, id);
    }

    private static <T> String name(T[] values, java.util.function.Predicate<T> wanted, long id) {
        Optional<T> known = Arrays.stream(values).filter(wanted).findFirst();
        return known.map(Object::toString).orElse("number " + id);
    }
}
