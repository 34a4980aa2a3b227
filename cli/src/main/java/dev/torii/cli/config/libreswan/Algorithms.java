package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Warning;
import dev.torii.cli.config.libreswan.Conn.Value;
import dev.torii.ike.DhGroup;
import dev.torii.ike.EncryptionAlgorithm;
import dev.torii.ike.EspCipher;
import dev.torii.ike.EspProposal;
import dev.torii.ike.HashAlgorithm;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.IntegrityAlgorithm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code ike=} and {@code phase2alg=}/{@code esp=} in Libreswan's and strongSwan's spelling. What the enums of the ike module have is supported; a list may
 * contain other known algorithms, which are left out with a warning as long as something is left.
 */
final class Algorithms {
    /** Where a proposal names no cipher, hash or group: Libreswan 4's defaults for IKEv1, and the common ones of those for IKEv2. */
    private static final List<String> DEFAULT_HASHES = List.of("SHA2_256", "SHA2_512", "SHA1");
    private static final List<String> DEFAULT_GROUPS = List.of("MODP2048", "MODP1536");
    private static final String DEFAULT_IKE = "aes_cbc";
    private static final List<String> DEFAULT_HASHES_V2 = List.of("SHA2_512", "SHA2_256");
    private static final List<String> DEFAULT_GROUPS_V2 = List.of("MODP2048", "MODP3072", "MODP4096", "MODP8192", "ECP256", "ECP384", "ECP521", "X25519");
    private static final String DEFAULT_IKE_V2 = "aes_gcm,aes_cbc";
    private static final String DEFAULT_ESP = "aes_gcm,aes_cbc";
    private static final String IKE_EXAMPLE = "like aes_cbc256-sha2_384;modp1536";
    private static final String ESP_EXAMPLE = "like aes_gcm256;modp1536";

    private static final String ONLY_ADDITIONAL = "it follows a group as an additional key exchange of IKEv2, like dh31;addke1=ml_kem_768";

    /** Known, and never to be supported where it is left out. */
    private static final Map<String, String> REFUSED = Map.of("AES_GCM_8", "an ICV of 8 octets is too short (NIST SP 800-38D, appendix C)",
            "NULL", "it does not encrypt", "CHACHA20_POLY1305", "it is for phase 2 of IKEv2 (RFC 7634)", "ML_KEM_512", ONLY_ADDITIONAL, "ML_KEM_768",
            ONLY_ADDITIONAL, "ML_KEM_1024", ONLY_ADDITIONAL);

    private final Diagnostics diagnostics;

    Algorithms(Diagnostics diagnostics) { this.diagnostics = diagnostics; }

    /** In the order of preference; empty after an error. */
    List<IkeProposal> ike(Optional<Value> value, IkeVersion version) {
        var usable = Arrays.stream(EncryptionAlgorithm.values()).filter(cipher -> version == IkeVersion.V2 || !cipher.combined()).toList();
        boolean v1 = version == IkeVersion.V1;
        var found = new LinkedHashSet<IkeProposal>();
        var left = new ArrayList<String>();
        for (String text : proposals(value, v1 ? DEFAULT_IKE : DEFAULT_IKE_V2)) {
            Optional<AlgorithmWords> words = words(value, text, IKE_EXAMPLE);
            if (words.isEmpty()) return List.of();
            var w = words.get();
            if (v1 && !w.additional().isEmpty()) {
                error(value, "names additional key exchanges, which IKEv1 does not have (RFC 9370)", "write ikev2=insist, or leave them out");
                return List.of();
            }
            for (var cipher : w.ciphers()) {
                var encryption = constant(EncryptionAlgorithm.class, cipher.name()).filter(usable::contains);
                for (String hashName : w.hashes().isEmpty() ? v1 ? DEFAULT_HASHES : DEFAULT_HASHES_V2 : w.hashes()) {
                    for (String groupName : w.groups().isEmpty() ? v1 ? DEFAULT_GROUPS : DEFAULT_GROUPS_V2 : w.groups()) {
                        var hash = constant(HashAlgorithm.class, hashName);
                        var group = group(groupName);
                        if (encryption.isEmpty()) left.add(cipher.name());
                        if (hash.isEmpty()) left.add(hashName);
                        if (group.isEmpty()) left.add(groupName);
                        if (encryption.isEmpty() || hash.isEmpty() || group.isEmpty()) continue;
                        for (int bits : cipher.keyBits()) {
                            for (var more : additional(w, group, left)) found.add(new IkeProposal(encryption.get(), bits, hash.get(), group.get(), more));
                        }
                    }
                }
            }
        }
        weak(value, found.stream().flatMap(proposal -> Stream.concat(Stream.of(proposal.group()), proposal.additional().stream())));
        leftOut(value, left, found.isEmpty(), names(usable.toArray(EncryptionAlgorithm[]::new)) + " with keys of 128, 192 or 256 bits; "
                + names(HashAlgorithm.values()) + "; " + groupNames(), IKE_EXAMPLE);
        return List.copyOf(found);
    }

    /**
     * In the order of preference, with IKEv1 all with the same group; empty after an error.
     *
     * @param pfs   whether there is a Diffie-Hellman exchange at all
     * @param group of the IKE SA: used if no group is named
     */
    List<EspProposal> esp(Optional<Value> value, IkeVersion version, boolean pfs, DhGroup group) {
        var usable = Arrays.stream(EspCipher.values()).filter(cipher -> version == IkeVersion.V2 || cipher.knownToIkeV1()).toList();
        var suites = new LinkedHashSet<EspProposal>();
        var grouped = new LinkedHashSet<EspProposal>();
        var groups = new LinkedHashSet<String>();
        var left = new ArrayList<String>();
        boolean further = false;
        for (String text : proposals(value, DEFAULT_ESP)) {
            Optional<AlgorithmWords> words = words(value, text, ESP_EXAMPLE);
            if (words.isEmpty()) return List.of();
            var w = words.get();
            if (version == IkeVersion.V1 && !w.additional().isEmpty()) {
                error(value, "names additional key exchanges, which IKEv1 does not have (RFC 9370)", "write ikev2=insist, or leave them out");
                return List.of();
            }
            further |= pfs && !w.additional().isEmpty();
            var these = new LinkedHashSet<EspProposal>();
            for (var cipher : w.ciphers()) esp(cipher, usable, w.hashes(), these, left);
            if (!these.isEmpty()) groups.addAll(w.groups());
            suites.addAll(these);
            for (String name : w.groups().isEmpty() ? List.of(group.name()) : w.groups()) {
                var known = group(name);
                if (known.isEmpty() || these.isEmpty()) continue;
                var more = additional(w, known, left);
                these.forEach(suite -> more.forEach(each ->
                        grouped.add(new EspProposal(suite.cipher(), suite.keyBits(), suite.integrity(), known).with(each))));
            }
        }
        if (pfs && version == IkeVersion.V2 && (groups.size() > 1 || further)) {
            groups.stream().filter(name -> group(name).isEmpty()).forEach(left::add);
            leftOut(value, left, grouped.isEmpty(), groupNames(), ESP_EXAMPLE);
            weak(value, grouped.stream().flatMap(proposal -> Stream.concat(proposal.pfs().stream(), proposal.additional().stream())));
            return List.copyOf(grouped);
        }
        leftOut(value, left, suites.isEmpty(), names(usable.toArray(EspCipher[]::new)) + " with keys of 128, 192 or 256 bits; with AES_CBC "
                + names(IntegrityAlgorithm.values()), ESP_EXAMPLE);
        if (suites.isEmpty()) return List.of();
        Optional<DhGroup> chosen = pfs ? group(value, groups, group) : none(value, groups);
        return suites.stream().map(suite -> new EspProposal(suite.cipher(), suite.keyBits(), suite.integrity(), chosen)).toList();
    }

    /** What may be the first key exchange. */
    private static Optional<DhGroup> group(String name) { return constant(DhGroup.class, name).filter(group -> !group.encapsulates()); }

    /** What may follow a group, in every combination: the same key exchange is never done twice (RFC 9370, section 2.2.2). */
    private static List<List<DhGroup>> additional(AlgorithmWords words, Optional<DhGroup> first, List<String> left) {
        var all = new ArrayList<List<DhGroup>>();
        for (List<String> names : words.combinations()) {
            names.stream().filter(name -> constant(DhGroup.class, name).isEmpty()).forEach(left::add);
            var more = names.stream().flatMap(name -> constant(DhGroup.class, name).stream()).toList();
            boolean twice = Stream.concat(first.stream(), more.stream()).distinct().count() < more.size() + first.stream().count();
            if (twice) left.add("the same key exchange twice");
            if (more.size() == names.size() && !twice) all.add(more);
        }
        return all;
    }

    private static void esp(AlgorithmWords.CipherWord cipher, List<EspCipher> usable, List<String> hashes,
            LinkedHashSet<EspProposal> suites, List<String> left) {
        var known = constant(EspCipher.class, cipher.name()).filter(usable::contains);
        if (known.isEmpty()) {
            left.add(cipher.name());
            return;
        }
        var integrities = new ArrayList<Optional<IntegrityAlgorithm>>();
        if (known.get().combined()) {
            integrities.add(Optional.empty());
        } else {
            for (String hash : hashes.isEmpty() ? List.of("SHA2_512", "SHA2_256", "SHA1") : hashes) {
                var integrity = Arrays.stream(IntegrityAlgorithm.values()).filter(each -> each.name().startsWith("HMAC_" + hash + "_")).findFirst();
                if (integrity.isPresent()) integrities.add(integrity);
                else left.add(hash);
            }
        }
        for (var integrity : integrities) for (int bits : cipher.keyBits()) suites.add(new EspProposal(known.get(), bits, integrity, Optional.empty()));
    }

    private Optional<DhGroup> group(Optional<Value> value, LinkedHashSet<String> groups, DhGroup ofIke) {
        if (groups.isEmpty()) return Optional.of(ofIke);
        var first = group(groups.getFirst());
        if (first.isEmpty()) {
            error(value, "needs " + groups.getFirst() + ", which is not supported yet", "use one of " + groupNames());
        } else if (groups.size() > 1) {
            error(value, "names more than one group, and Quick Mode can offer only one (RFC 2409, section 5.5)", "keep one group, the same for all");
        }
        weak(value, first.stream());
        return first;
    }

    private Optional<DhGroup> none(Optional<Value> value, LinkedHashSet<String> groups) {
        if (!groups.isEmpty()) {
            value.ifPresent(v -> diagnostics.warn(Warning.Kind.UNEXPECTED_MEANING, v.at(), "the group of " + v.keyword() + "= is not used: pfs=no",
                    "remove the group, or write pfs=yes"));
        }
        return Optional.empty();
    }

    private static List<String> proposals(Optional<Value> value, String otherwise) {
        return Arrays.stream(value.map(Value::text).orElse(otherwise).split(",")).map(String::strip).filter(text -> !text.isEmpty()).toList();
    }

    private Optional<AlgorithmWords> words(Optional<Value> value, String text, String example) {
        var words = AlgorithmWords.parse(text, unknown -> error(value, "has \"" + unknown + "\", which is no algorithm", "write proposals " + example));
        if (words.isEmpty() || words.get().inOrder()) return words;
        error(value, "leaves out a number of the additional key exchanges", "number them from 1 on: ke1_..., ke2_...");
        return Optional.empty();
    }

    private void leftOut(Optional<Value> value, List<String> left, boolean nothing, String supported, String example) {
        if (value.isEmpty() || left.isEmpty() && !nothing) return;
        var unsupported = left.stream().filter(name -> !REFUSED.containsKey(name)).distinct().collect(Collectors.joining(", "));
        var refused = left.stream().filter(REFUSED::containsKey).distinct().map(name -> name + " is refused: " + REFUSED.get(name)).toList();
        var causes = new ArrayList<String>();
        if (!unsupported.isEmpty()) causes.add(unsupported + " is not" + (nothing ? "" : " supported yet"));
        causes.addAll(refused);
        String text = String.join("; ", causes);
        if (nothing) error(value, "has nothing that is supported yet" + (text.isEmpty() ? "" : ": " + text),
                "supported: " + supported + "; write it " + example);
        else diagnostics.warn(Warning.Kind.WITHOUT_EFFECT, value.get().at(), value.get().keyword() + "= offers less than it says: " + text,
                "supported: " + supported);
    }

    /** Only what the files name: no default is weak, and a group that phase 2 takes over from {@code ike=} was reported there. */
    private void weak(Optional<Value> value, Stream<DhGroup> groups) {
        String names = groups.filter(DhGroup::discouraged).distinct().map(Enum::name).collect(Collectors.joining(", "));
        if (value.isEmpty() || names.isEmpty()) return;
        diagnostics.warn(Warning.Kind.WEAK, value.get().at(),
                value.get().keyword() + "= names " + names + ", which should no longer be used (RFC 8247, section 2.4)",
                "change both sides to a group like modp2048 or dh19");
    }

    private static String groupNames() {
        return Arrays.stream(DhGroup.values()).filter(group -> !group.discouraged() && !group.encapsulates()).map(Enum::name).collect(Collectors.joining(", "));
    }

    private void error(Optional<Value> value, String what, String suggestion) {
        value.ifPresent(v -> diagnostics.error(v.at(), v.keyword() + "=" + v.text() + " " + what, suggestion));
    }

    private static <E extends Enum<E>> Optional<E> constant(Class<E> type, String name) {
        return Arrays.stream(type.getEnumConstants()).filter(each -> each.name().equals(name)).findFirst();
    }

    private static String names(Enum<?>[] values) { return Arrays.stream(values).map(Enum::name).collect(Collectors.joining(", ")); }
}
