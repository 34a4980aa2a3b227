package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.libreswan.Conn.Value;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.Octets;
import dev.torii.ike.PostQuantumKeys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** ppk= and ppk-ids= with the entries of ipsec.secrets that they mean (RFC 8784). */
final class PostQuantumWords {
    private final List<PpkEntry> entries;
    private final Values values;
    private final Diagnostics diagnostics;

    PostQuantumWords(List<PpkEntry> entries, Values values, Diagnostics diagnostics) {
        this.entries = entries;
        this.values = values;
        this.diagnostics = diagnostics;
    }

    /** @param find looks for a conn's secret in a table */
    PostQuantumKeys of(Conn conn, IkeVersion version, Function<SecretTable, Optional<?>> find) {
        var word = conn.get("ppk");
        var use = word.map(this::use).orElse(PostQuantumKeys.Use.NEVER);
        if (use == PostQuantumKeys.Use.NEVER) return PostQuantumKeys.NONE;
        if (version == IkeVersion.V1) {
            values.error(word.get(), "needs IKEv2", "write ikev2=insist, or remove the line");
            return PostQuantumKeys.NONE;
        }
        var mine = entries.stream().filter(entry -> find.apply(new SecretTable(List.of(entry.entry()))).isPresent()).map(PpkEntry::key).toList();
        var keys = conn.get("ppk-ids").map(names -> named(names, mine)).orElse(mine);
        if (!keys.isEmpty()) return new PostQuantumKeys(use, keys);
        if (conn.get("ppk-ids").isEmpty() && use != PostQuantumKeys.Use.PERMIT) {
            diagnostics.error(word.get().at(), "conn " + conn.name() + " has no post-quantum key",
                    "add to /etc/ipsec.secrets: : PPKS \"name\" \"secret of 32 bytes or more\"");
        }
        return PostQuantumKeys.NONE;
    }

    private PostQuantumKeys.Use use(Value value) {
        return switch (value.text().toLowerCase(Locale.ROOT)) {
            case "no", "n", "off", "false", "0", "never" -> PostQuantumKeys.Use.NEVER;
            case "permit" -> PostQuantumKeys.Use.PERMIT;
            case "yes", "y", "on", "true", "1", "propose" -> PostQuantumKeys.Use.PROPOSE;
            case "insist", "always" -> PostQuantumKeys.Use.INSIST;
            default -> {
                values.error(value, "says nothing of post-quantum keys", "write no, permit, propose or insist");
                yield PostQuantumKeys.Use.NEVER;
            }
        };
    }

    private List<PostQuantumKeys.Key> named(Value names, List<PostQuantumKeys.Key> mine) {
        var keys = new ArrayList<PostQuantumKeys.Key>();
        for (String name : Arrays.stream(names.text().split("[,\\s]+")).filter(text -> !text.isEmpty()).toList()) {
            var id = Octets.of(name.getBytes(StandardCharsets.UTF_8));
            mine.stream().filter(key -> key.id().equals(id)).findFirst().ifPresentOrElse(keys::add,
                    () -> values.error(names, "names a post-quantum key that ipsec.secrets does not have for this conn: " + name,
                            "add : PPKS \"" + name + "\" \"secret of 32 bytes or more\""));
        }
        return keys;
    }
}
