package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.ConfigFiles;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.SourceFile;
import dev.torii.cli.config.Warning;
import dev.torii.ike.Identity;
import dev.torii.ike.Octets;
import dev.torii.ike.PostQuantumKeys;
import dev.torii.ike.Secret;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * ipsec.secrets(5): records that start in the first column, {@code ID ID : PSK "secret"}. No message ever repeats a token behind the colon: what looks like a
 * keyword may be a secret whose keyword was forgotten.
 */
final class SecretsParser {
    private static final Set<String> KEY_KINDS = Set.of("rsa", "ecdsa", "pkcs8");
    private static final Set<String> OTHER_KINDS = Set.of("eddsa", "ed25519", "xauth", "eap", "ntlm", "pin", "ppk", "p12", "pkcs12", "bliss");
    private static final int WEAK = 8;
    private static final int WEAK_AGAINST_QUANTA = 32;       // RFC 8784, section 6

    private final ConfigFiles files;
    private final Diagnostics diagnostics;
    private final List<SecretTable.Entry> entries = new ArrayList<>();
    private final List<KeyEntry> keys = new ArrayList<>();
    private final List<PpkEntry> ppks = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    SecretsParser(ConfigFiles files, Diagnostics diagnostics) {
        this.files = files;
        this.diagnostics = diagnostics;
    }

    SecretTable table() { return new SecretTable(entries); }

    /** Files with private keys, in the order of the files. */
    List<KeyEntry> keys() { return List.copyOf(keys); }

    /** Post-quantum keys, in the order of the files. */
    List<PpkEntry> ppks() { return List.copyOf(ppks); }

    /** The names of the files that were read. */
    List<String> fileNames() { return names; }

    void read(String pattern, Optional<Position> from) {
        for (String name : files.glob(pattern)) {
            if (ConfigFiles.hasWildcard(pattern) || files.exists(name)) files.read(name, from, this::parse);
            else from.ifPresent(at -> diagnostics.warn(Warning.Kind.FILE, at, "there is no file " + name, "remove this include, or create the file"));
        }
    }

    private record Token(String text, char quote, Position at) {
        boolean is(String word) { return quote == 0 && text.equalsIgnoreCase(word); }
    }

    private void parse(SourceFile file) {
        names.add(file.name());
        if (files.worldReadable(file.name())) {
            diagnostics.warn(Warning.Kind.FILE, file.at(1, 1), file.name() + " can be read by everybody on this host", "chmod 600 " + file.name());
        }
        var section = new ArrayList<Token>();
        for (int i = 0; i < file.lines().size(); i++) {
            String line = file.lines().get(i);
            boolean starts = !line.isEmpty() && line.charAt(0) != ' ' && line.charAt(0) != '\t' && line.charAt(0) != '#';
            if (starts && !section.isEmpty()) {
                section(file, section);
                section.clear();
            }
            tokens(file, i + 1, section);
        }
        if (!section.isEmpty()) section(file, section);
    }

    private void tokens(SourceFile file, int number, List<Token> tokens) {
        String line = file.lines().get(number - 1);
        int next = 0;
        while (next < line.length()) {
            char c = line.charAt(next);
            if (c == '#') return;
            if (c == ' ' || c == '\t') {
                next++;
                continue;
            }
            var at = file.at(number, next + 1);
            if (c == '"' || c == '\'') {
                int end = line.indexOf(c, next + 1);
                if (end < 0) {
                    diagnostics.error(at, "this quote is never closed", "add " + c + " at the end of the secret");
                    end = line.length();
                }
                tokens.add(new Token(line.substring(next + 1, end), c, at));
                next = end + 1;
                continue;
            }
            int end = next;
            while (end < line.length() && line.charAt(end) != ' ' && line.charAt(end) != '\t') end++;
            if (end - next > 1 && line.charAt(end - 1) == ':') end--;         // "ID:" is "ID :"
            tokens.add(new Token(line.substring(next, end), '\0', at));
            next = end;
        }
    }

    private void section(SourceFile file, List<Token> tokens) {
        var first = tokens.getFirst();
        if (first.is("include")) {
            if (tokens.size() != 2) diagnostics.error(first.at(), "include needs one file", "write include FILE");
            else read(tokens.get(1).text().startsWith("/") ? tokens.get(1).text() : file.directory() + tokens.get(1).text(), Optional.of(tokens.get(1).at()));
            return;
        }
        int colon = 0;
        while (colon < tokens.size() && !tokens.get(colon).is(":")) colon++;
        if (colon == tokens.size()) {
            diagnostics.error(first.at(), "no colon between identities and secret", "write ID ID : PSK \"secret\"");
            return;
        }
        if (colon + 1 < tokens.size() && tokens.get(colon + 1).quote() == 0 && KEY_KINDS.contains(tokens.get(colon + 1).text().toLowerCase(Locale.ROOT))) {
            key(file, tokens.get(colon + 1), tokens.subList(colon + 2, tokens.size()));
            return;
        }
        if (colon + 1 < tokens.size() && tokens.get(colon + 1).is("ppks")) {
            ppk(file, tokens, colon);
            return;
        }
        if (colon + 1 < tokens.size() && tokens.get(colon + 1).quote() == 0 && OTHER_KINDS.contains(tokens.get(colon + 1).text().toLowerCase(Locale.ROOT))) {
            diagnostics.warn(Warning.Kind.SECRET, tokens.get(colon + 1).at(), "only PSK, PPKS and files of private keys are used, this entry is not",
                    "remove the entry");
            return;
        }
        if (colon + 1 == tokens.size() || !tokens.get(colon + 1).is("psk")) {
            var at = tokens.get(Math.min(colon + 1, tokens.size() - 1)).at();
            diagnostics.error(at, "expected PSK after the colon", "write ID ID : PSK \"secret\"");
            return;
        }
        int before = diagnostics.errors();
        var ids = new ArrayList<Optional<Identity>>();
        for (Token token : tokens.subList(0, colon)) identity(token).ifPresent(ids::add);
        Optional<Secret> secret = secret(file, tokens.subList(colon + 2, tokens.size()), tokens.get(colon + 1).at());
        if (secret.isPresent() && diagnostics.errors() == before) entries.add(new SecretTable.Entry(first.at(), ids, secret.get()));
    }

    /** {@code ID ID : PPKS "name" "secret"}: a static post-quantum key. */
    private void ppk(SourceFile file, List<Token> tokens, int colon) {
        var rest = tokens.subList(colon + 2, tokens.size());
        var keyword = tokens.get(colon + 1).at();
        if (rest.size() != 2 || rest.getFirst().text().isEmpty()) {
            diagnostics.error(keyword, "PPKS needs a name and a secret", "write : PPKS \"name\" \"secret\"");
            return;
        }
        int before = diagnostics.errors();
        var ids = new ArrayList<Optional<Identity>>();
        for (Token token : tokens.subList(0, colon)) identity(token).ifPresent(ids::add);
        var secret = secret(file, rest.subList(1, 2), keyword);
        if (secret.isEmpty() || diagnostics.errors() != before) return;
        if (secret.get().length() >= WEAK && secret.get().length() < WEAK_AGAINST_QUANTA) {
            diagnostics.warn(Warning.Kind.SECRET, rest.get(1).at(), "the secret is shorter than " + WEAK_AGAINST_QUANTA + " bytes", "use a longer one, random");
        }
        ppks.add(new PpkEntry(new SecretTable.Entry(tokens.getFirst().at(), ids, secret.get()),
                new PostQuantumKeys.Key(Octets.of(rest.getFirst().text().getBytes(file.charset())), secret.get())));
    }

    /** {@code : RSA file.pem "passphrase"}; identities before the colon do not matter, the certificate says whose the key is. */
    private void key(SourceFile file, Token kind, List<Token> rest) {
        if (rest.isEmpty() || rest.getFirst().is("{")) {
            diagnostics.warn(Warning.Kind.SECRET, kind.at(), "only PSK, PPKS and files of private keys are used, this entry is not", "remove the entry");
        } else if (rest.size() > 2 || rest.size() == 2 && rest.get(1).is("%prompt")) {
            diagnostics.error(rest.get(1).at(), "expected a passphrase in quotes, or nothing", "write : RSA file.pem \"passphrase\"");
        } else {
            keys.add(new KeyEntry(kind.at(), rest.getFirst().text(),
                    rest.stream().skip(1).findFirst().filter(phrase -> !phrase.text().isEmpty()).map(phrase -> Secret.ofText(phrase.text()))));
        }
    }

    /** The inner Optional is empty for {@code %any}, the outer one after an error. */
    private Optional<Optional<Identity>> identity(Token token) {
        if (token.is("%any") || token.is("%any6") || token.is("0.0.0.0") || token.is("::")) return Optional.of(Optional.empty());
        try {
            var identity = Values.identity(token.text());
            if (identity.isPresent()) return Optional.of(identity);
        } catch (IllegalArgumentException notHex) {
            diagnostics.error(token.at(), token.text() + " is not hexadecimal after @#", "write @[text] for a key id in text");
            return Optional.empty();
        }
        if (token.quote() != 0) diagnostics.error(token.at(), "a quoted text where an identity was expected", "write ID ID : PSK \"secret\"");
        else if (token.text().contains("=")) {
            diagnostics.warn(Warning.Kind.SECRET, token.at(), token.text() + " cannot be the identity of a connection here", "remove it");
            return Optional.empty();
        } else new Values(diagnostics).identityError(token.text(), token.text(), token.at());
        return Optional.empty();
    }

    private Optional<Secret> secret(SourceFile file, List<Token> tokens, Position keyword) {
        if (tokens.isEmpty()) {
            diagnostics.error(keyword, "PSK without a secret", "write PSK \"secret\"");
            return Optional.empty();
        }
        var token = tokens.getFirst();
        if (tokens.size() > 1) {
            diagnostics.error(tokens.get(1).at(), "unexpected text after the secret", "put the whole secret in double quotes, and a # before a comment");
            return Optional.empty();
        }
        Optional<byte[]> bytes = token.quote() != 0 ? Optional.of(token.text().getBytes(file.charset())) : unquoted(token);
        if (bytes.isEmpty()) return Optional.empty();
        if (bytes.get().length == 0) {
            diagnostics.error(token.at(), "the secret is empty", "write PSK \"secret\"");
            return Optional.empty();
        }
        if (token.quote() != 0 && token.text().contains("${")) {
            diagnostics.error(token.at(), "the secret is still the placeholder", "put the shared secret here");
            return Optional.empty();
        }
        if (bytes.get().length < WEAK) {
            diagnostics.warn(Warning.Kind.SECRET, token.at(), "the secret is shorter than " + WEAK + " bytes", "use a longer one, random");
        }
        var secret = Secret.copyOf(bytes.get());
        Arrays.fill(bytes.get(), (byte) 0);
        return Optional.of(secret);
    }

    /** {@code 0x} and hexadecimal digits, {@code 0s} and base 64, {@code 0t} and text, all of which may contain underscores between digits. */
    private Optional<byte[]> unquoted(Token token) {
        String text = token.text();
        String digits = text.length() > 2 ? text.substring(2).replace("_", "") : "";
        try {
            if (text.startsWith("0x")) return Optional.of(HexFormat.of().parseHex(digits));
            if (text.startsWith("0s")) return Optional.of(Base64.getDecoder().decode(digits));
            if (text.startsWith("0t")) return Optional.of(text.substring(2).getBytes(StandardCharsets.UTF_8));
            diagnostics.error(token.at(), "the secret is not in quotes", "write PSK \"secret\", or 0x and hexadecimal digits, or 0s and base 64");
        } catch (IllegalArgumentException notDigits) {
            diagnostics.error(token.at(), "the secret is not " + (text.startsWith("0x") ? "hexadecimal after 0x" : "base 64 after 0s"),
                    "put a text in quotes instead");
        }
        return Optional.empty();
    }
}
