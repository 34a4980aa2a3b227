package dev.torii.ike.v1;

import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IntegrityAlgorithm;
import dev.torii.ike.DhGroup;
import dev.torii.ike.Octets;
import dev.torii.ike.Spi;
import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.NotifyType;
import dev.torii.ike.wire.Payload;
import dev.torii.ike.wire.Proposal;
import dev.torii.ike.wire.Transform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What Quick Mode offers and accepts for ESP in tunnel mode: RFC 2407, section 4.5; RFC 3947, section 5.1; RFC 4106, section 8. */
final class Phase2Policy {
    static final int LIFE_TYPE = 1;
    static final int LIFE_DURATION = 2;
    private static final int GROUP = 3;
    private static final int MODE = 4;
    private static final int INTEGRITY = 5;
    private static final int KEY_LENGTH = 6;
    private static final int EXTENDED_SEQUENCE = 11;            // RFC 4304
    private static final int TUNNEL = 1;
    private static final int UDP_TUNNEL = 3;
    private static final int SPI_BYTES = 4;
    private static final int RESERVED_SPIS = 256;
    private static final List<Integer> KNOWN = List.of(LIFE_TYPE, LIFE_DURATION, GROUP, MODE, INTEGRITY, KEY_LENGTH, EXTENDED_SEQUENCE);

    private final IkeConfig config;
    private final boolean encapsulated;

    /** @param encapsulated whether NAT traversal was found necessary or is forced */
    Phase2Policy(IkeConfig config, boolean encapsulated) {
        this.config = config;
        this.encapsulated = encapsulated;
    }

    /** What was agreed. {@code answer} is what a responder sends back, with its own SPI. */
    record Agreed(EspProposal proposal, Spi peerSpi, Duration lifetime, Payload.Sa answer) {
    }

    /** All our proposals in order of preference, as transforms of one proposal. */
    Payload.Sa offer(Spi own) {
        var transforms = new ArrayList<Transform>();
        for (EspProposal ours : config.espProposals()) {
            var attributes = new ArrayList<Attribute>();
            ours.pfs().ifPresent(group -> attributes.add(Attribute.of(GROUP, group.id())));
            attributes.add(Attribute.of(MODE, mode()));
            attributes.add(Attribute.of(LIFE_TYPE, Lifetimes.SECONDS));
            attributes.add(Attribute.ofNumber(LIFE_DURATION, config.childLifetime().toSeconds()));
            ours.integrity().ifPresent(algorithm -> attributes.add(Attribute.of(INTEGRITY, algorithm.id())));
            attributes.add(Attribute.of(KEY_LENGTH, ours.keyBits()));
            if (ours.extendedSequence()) {
                attributes.add(Attribute.of(EXTENDED_SEQUENCE, 1));
            }
            transforms.add(new Transform(transforms.size() + 1, ours.cipher().id(), attributes));
        }
        return new Payload.Sa(List.of(new Proposal(1, Payload.PROTOCOL_ESP, own.octets(), transforms)));
    }

    /** The responder's choice: the first of ours that was offered by itself (not together with AH or IPCOMP). */
    Agreed choose(Payload.Sa offered, Spi own) throws Refusal {
        for (EspProposal ours : config.espProposals()) {
            for (Proposal proposal : offered.proposals()) {
                for (Transform transform : proposal.transforms()) {
                    if (alone(proposal, offered) && differences(transform, ours).isEmpty()) {
                        var answer = new Payload.Sa(List.of(
                                new Proposal(proposal.number(), proposal.protocol(), own.octets(), List.of(transform))));
                        Duration lifetime = Lifetimes.shorter(config.childLifetime(), transform.attributes(), LIFE_TYPE, LIFE_DURATION);
                        return new Agreed(ours, spi(proposal), lifetime, answer);
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
        return choose(answer, new Spi(0));
    }

    private int mode() {
        return encapsulated ? UDP_TUNNEL : TUNNEL;
    }

    private static boolean alone(Proposal proposal, Payload.Sa offered) {
        return proposal.protocol() == Payload.PROTOCOL_ESP
                && offered.proposals().stream().filter(other -> other.number() == proposal.number()).count() == 1;
    }

    private static Spi spi(Proposal proposal) throws Refusal {
        if (proposal.spi().length() != SPI_BYTES) {
            throw new Refusal(NotifyType.NO_PROPOSAL_CHOSEN, "SPI of " + proposal.spi().length() + " bytes");
        }
        int value = proposal.spi().asBuffer().getInt();
        if (Integer.compareUnsigned(value, RESERVED_SPIS) < 0) {
            throw new Refusal(NotifyType.NO_PROPOSAL_CHOSEN, "reserved SPI " + value);
        }
        return new Spi(value);
    }

    private String why(Payload.Sa offered) {
        var causes = new ArrayList<String>();
        for (Proposal proposal : offered.proposals()) {
            if (!alone(proposal, offered)) {
                causes.add("proposal " + proposal.number() + ": protocol " + proposal.protocol() + " or a bundle");
                continue;
            }
            for (Transform transform : proposal.transforms()) {
                causes.add("transform " + transform.number() + ": " + Differences.fewest(
                        config.espProposals().stream().map(ours -> differences(transform, ours)).toList()));
            }
        }
        return Differences.joined(causes);
    }

    private List<String> differences(Transform transform, EspProposal ours) {
        var found = new ArrayList<String>();
        if (transform.id() != ours.cipher().id()) {
            found.add("cipher " + cipherName(transform.id()) + ", we want " + ours.cipher());
        }
        Differences.compare(found, "key length", transform.number(KEY_LENGTH), ours.keyBits(), Long::toString);
        // a combined cipher has no integrity algorithm; some peers say so with a zero
        Differences.compare(found, "integrity", transform.number(INTEGRITY).or(() -> java.util.Optional.of(0L)),
                ours.integrity().map(IntegrityAlgorithm::id).orElse(0), Phase2Policy::integrityName);
        Differences.compare(found, "PFS group", transform.number(GROUP).or(() -> java.util.Optional.of(0L)),
                ours.pfs().map(DhGroup::id).orElse(0), id -> id == 0 ? "none" : Phase1Policy.groupName(id));
        Differences.compare(found, "extended sequence numbers", transform.number(EXTENDED_SEQUENCE).or(() -> java.util.Optional.of(0L)),
                ours.extendedSequence() ? 1 : 0, id -> id == 0 ? "off" : "on");
        Differences.compare(found, "encapsulation mode", transform.number(MODE), mode(), Phase2Policy::modeName);
        Differences.unknown(found, transform, KNOWN, List.of(LIFE_TYPE, LIFE_DURATION));
        return found;
    }

    private static String cipherName(int id) {
        return Arrays.stream(EspCipher.values()).filter(cipher -> cipher.id() == id).map(Object::toString).findFirst().orElse("number " + id);
    }

    private static String integrityName(long id) {
        return id == 0 ? "none" : Arrays.stream(IntegrityAlgorithm.values()).filter(algorithm -> algorithm.id() == id)
                .map(Object::toString).findFirst().orElse("number " + id);
    }

    private static String modeName(long mode) {
        return switch ((int) mode) {
            case TUNNEL -> "tunnel";
            case 2 -> "transport";
            case UDP_TUNNEL -> "UDP-encapsulated tunnel";
            case 4 -> "UDP-encapsulated transport";
            default -> "number " + mode;
        };
    }
}
