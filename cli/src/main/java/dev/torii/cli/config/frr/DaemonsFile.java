package dev.torii.cli.config.frr;

import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Position;
import dev.torii.cli.config.SourceFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** etc/frr/daemons: {@code KEY=value} lines of the shell, with comments. Which daemons run, and FRR's profile. */
final class DaemonsFile {
    private static final Pattern LINE = Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_]*)=(\"[^\"]*\"|'[^']*'|\\([^)]*\\)|[^\\s#;]*)\\s*(?:#.*)?");

    private final Map<String, Setting> settings = new HashMap<>();

    private record Setting(String value, Position at) {}

    void read(SourceFile file, Diagnostics diagnostics) {
        for (int i = 0; i < file.lines().size(); i++) {
            String line = file.lines().get(i);
            if (line.isBlank() || line.stripLeading().startsWith("#")) continue;
            Matcher matcher = LINE.matcher(line);
            int column = 1 + line.length() - line.stripLeading().length();
            if (!matcher.matches()) {
                diagnostics.error(file.at(i + 1, column), "not KEY=value", "write a line like bgpd=yes, or put a # before it");
                continue;
            }
            String value = matcher.group(2);
            if (value.startsWith("\"") || value.startsWith("'")) value = value.substring(1, value.length() - 1);
            settings.put(matcher.group(1), new Setting(value, file.at(i + 1, column)));
        }
    }

    /** As FRR's start script decides: anything but no, 0 and nothing. */
    boolean bgpRuns() {
        return Optional.ofNullable(settings.get("bgpd")).map(setting -> !setting.value().isEmpty() && !setting.value().equals("no") && !setting.value().equals("0")).orElse(false);
    }

    /** The line that says so; empty if there is none. */
    Optional<Position> bgpLine() { return Optional.ofNullable(settings.get("bgpd")).map(Setting::at); }

    /** {@code bgpd_options} with -n or --no_kernel: what BGP learns stays out of the kernel. */
    boolean bgpWithoutKernel() {
        return Optional.ofNullable(settings.get("bgpd_options")).filter(setting -> List.of(setting.value().trim().split("\\s+")).stream()
                .anyMatch(word -> word.equals("-n") || word.equals("--no_kernel"))).isPresent();
    }

    /** {@code frr_profile}. */
    Optional<String> profile() { return Optional.ofNullable(settings.get("frr_profile")).map(Setting::value); }
}
