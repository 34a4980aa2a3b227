package dev.torii.cli.config.libreswan;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One proposal, taken apart: {@code aes_cbc256-sha2_384;modp1536}, {@code aes256gcm16-modp1536!}, {@code aes256-sha2_512+sha2_256-dh19+dh14}; with additional
 * key exchanges (RFC 9370) {@code aes_gcm256-sha2_256;dh31;addke1=dh20} as Libreswan 5, {@code aes256gcm16-sha256-x25519-ke1_ecp384} as strongSwan 6. The
 * names are those of the registries, so that they are also the names of the ike module's constants where there are any.
 */
record AlgorithmWords(List<CipherWord> ciphers, List<String> hashes, List<String> groups, SortedMap<Integer, List<String>> additional) {
    /** A cipher with the key sizes to offer. */
    record CipherWord(String name, List<Integer> keyBits) {}

    private static final List<Integer> ALL_KEYS = List.of(256, 128);      // Libreswan's order where no size is given
    private static final Pattern CBC = Pattern.compile("aes(?:_?cbc)?_?(128|192|256)?");
    private static final Pattern GCM = Pattern.compile("aes_?gcm(?:_?(a|b|c|8|12|16))?_?(128|192|256)?");
    private static final Pattern GCM_STRONGSWAN = Pattern.compile("aes(128|192|256)gcm(8|12|16|64|96|128)?");
    private static final Pattern CHACHA = Pattern.compile("chacha20_?poly1305(?:_?256)?");
    private static final Pattern OTHER_CIPHER =
            Pattern.compile("(3des|des|camellia|aes_?ctr|aes\\d+ctr|aes_?ccm|aes\\d+ccm|chacha|null|serpent|twofish|blowfish|cast|idea|seed).*");
    private static final Pattern HASH = Pattern.compile("(?:prf|hmac_)?"
            + "(sha2_256|sha256|sha2_384|sha384|sha2_512|sha512|sha2(?!_)|sha1|sha|md5|aes_?xcbc|aes_?cmac)(?:_(?:96|128|192|256))?");
    private static final Pattern GROUP = Pattern.compile("(modp|ecp_?|dh_?)(\\d+)(s\\d+|bp)?|ml_?kem_?(512|768|1024)|curve25519|x25519|curve448|x448");
    private static final Pattern TYPED = Pattern.compile("(?:addke([1-7])|ke)=(.*)");
    private static final Pattern NUMBERED = Pattern.compile("ke([1-7])_(.*)");
    private static final Map<String, String> ICV = Map.of("a", "8", "b", "12", "c", "16", "64", "8", "96", "12", "128", "16");
    private static final Map<Integer, String> GROUPS = Map.ofEntries(Map.entry(1, "MODP768"), Map.entry(2, "MODP1024"), Map.entry(5, "MODP1536"),
            Map.entry(14, "MODP2048"), Map.entry(15, "MODP3072"), Map.entry(16, "MODP4096"), Map.entry(17, "MODP6144"), Map.entry(18, "MODP8192"),
            Map.entry(19, "ECP256"), Map.entry(20, "ECP384"), Map.entry(21, "ECP521"), Map.entry(22, "MODP1024S160"), Map.entry(23, "MODP2048S224"),
            Map.entry(24, "MODP2048S256"), Map.entry(25, "ECP192"), Map.entry(26, "ECP224"), Map.entry(31, "X25519"), Map.entry(32, "X448"));

    AlgorithmWords {
        ciphers = List.copyOf(ciphers);
        hashes = List.copyOf(hashes);
        groups = List.copyOf(groups);
        additional = Collections.unmodifiableSortedMap(new TreeMap<>(additional));
    }

    /** Empty if there is a word that is no algorithm; {@code unknown} has been told which. */
    static Optional<AlgorithmWords> parse(String proposal, Consumer<String> unknown) {
        String text = proposal.toLowerCase(Locale.ROOT);
        if (text.endsWith("!")) text = text.substring(0, text.length() - 1);       // strongSwan's "only these": always so here
        var ciphers = new ArrayList<CipherWord>();
        var hashes = new ArrayList<String>();
        var groups = new ArrayList<String>();
        var additional = new TreeMap<Integer, List<String>>();
        String[] parts = text.split("[-;]");
        for (int i = 0; i < parts.length; i++) {
            Matcher typed = TYPED.matcher(parts[i]);
            boolean keys = i > 0 && typed.matches();
            for (String word : (keys ? typed.group(2) : parts[i]).split("\\+")) {
                boolean known = i == 0 ? cipher(word, ciphers) : keys ? group(word, typed.group(1) == null ? groups : slot(typed.group(1), additional))
                        : numbered(word, additional) || keySize(i, word, ciphers) || hash(word, hashes) || group(word, groups) || word.equals("none");
                if (!known) {
                    unknown.accept(word);
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new AlgorithmWords(ciphers, hashes, groups, additional));
    }

    private static List<String> slot(String number, Map<Integer, List<String>> additional) {
        return additional.computeIfAbsent(Integer.parseInt(number), fresh -> new ArrayList<>());
    }

    private static boolean numbered(String word, Map<Integer, List<String>> additional) {
        Matcher matcher = NUMBERED.matcher(word);
        return matcher.matches() && group(matcher.group(2), slot(matcher.group(1), additional));
    }

    /** Whether additional key exchanges are numbered from 1 on without a gap. */
    boolean inOrder() { return additional.isEmpty() || additional.lastKey() == additional.size(); }

    /** One of each number, in every combination; without any, one that is empty. */
    List<List<String>> combinations() {
        List<List<String>> all = List.of(List.of());
        for (List<String> names : additional.values()) {
            all = all.stream().flatMap(before -> names.stream().map(name -> Stream.concat(before.stream(), Stream.of(name)).toList())).toList();
        }
        return all;
    }

    private static boolean cipher(String word, List<CipherWord> ciphers) {
        Matcher cbc = CBC.matcher(word);
        if (cbc.matches()) return ciphers.add(new CipherWord("AES_CBC", keys(cbc.group(1))));
        Matcher gcm = GCM.matcher(word);
        if (gcm.matches()) return ciphers.add(new CipherWord("AES_GCM_" + icv(gcm.group(1)), keys(gcm.group(2))));
        Matcher other = GCM_STRONGSWAN.matcher(word);
        if (other.matches()) return ciphers.add(new CipherWord("AES_GCM_" + icv(other.group(2)), keys(other.group(1))));
        if (CHACHA.matcher(word).matches()) return ciphers.add(new CipherWord("CHACHA20_POLY1305", List.of(256)));
        return OTHER_CIPHER.matcher(word).matches() && ciphers.add(new CipherWord(word.toUpperCase(Locale.ROOT), ALL_KEYS));
    }

    /** The old form {@code aes-256-sha1}. */
    private static boolean keySize(int place, String word, List<CipherWord> ciphers) {
        if (place != 1 || !word.matches("128|192|256")) return false;
        ciphers.replaceAll(cipher -> new CipherWord(cipher.name(), keys(word)));
        return true;
    }

    private static boolean hash(String word, List<String> hashes) {
        Matcher matcher = HASH.matcher(word);
        if (!matcher.matches()) return false;
        String name = switch (matcher.group(1)) {
            case "sha", "sha1" -> "SHA1";
            case "sha2", "sha256", "sha2_256" -> "SHA2_256";
            case "sha384", "sha2_384" -> "SHA2_384";
            case "sha512", "sha2_512" -> "SHA2_512";
            default -> matcher.group(1).toUpperCase(Locale.ROOT);
        };
        if (!hashes.contains(name)) hashes.add(name);        // strongSwan names integrity and PRF apart
        return true;
    }

    private static boolean group(String word, List<String> groups) {
        Matcher matcher = GROUP.matcher(word);
        if (!matcher.matches()) return false;
        if (word.endsWith("25519")) return groups.add("X25519");
        if (word.endsWith("448") && matcher.group(1) == null) return groups.add("X448");
        if (matcher.group(4) != null) return groups.add("ML_KEM_" + matcher.group(4));
        if (!matcher.group(1).startsWith("dh")) return groups.add(word.replace("_", "").toUpperCase(Locale.ROOT));
        String name = matcher.group(2).length() > 3 ? null : GROUPS.get(Integer.parseInt(matcher.group(2)));
        return name != null && groups.add(name);
    }

    private static String icv(String written) { return written == null ? "16" : ICV.getOrDefault(written, written); }

    private static List<Integer> keys(String written) { return written == null ? ALL_KEYS : List.of(Integer.parseInt(written)); }
}
