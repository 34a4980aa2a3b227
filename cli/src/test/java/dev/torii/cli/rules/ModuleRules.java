package dev.torii.cli.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The dependency rule as functions of one compiled class: each answers what the class does that it must not. */
final class ModuleRules {
    static final List<String> LEAVES = List.of("dev.torii.ike", "dev.torii.esp", "dev.torii.bgp", "dev.torii.tun");
    /** Leaves without a socket, clock, thread or logger; tun is the one that talks to the kernel. */
    private static final List<String> PURE = List.of("dev.torii.ike", "dev.torii.esp", "dev.torii.bgp");
    private static final String LAB = "dev.torii.cli.lab";

    private static final Pattern FORBIDDEN_CLASS = Pattern.compile("io\\.netty\\..*|com\\.sun\\.jna\\..*"
            + "|java\\.net\\.\\w*(Socket|Channel)(?!Address)\\w*|java\\.nio\\.channels\\..*"
            + "|java\\.lang\\.(Thread\\w*|Process\\w*|Runtime)(\\$.*)?|java\\.util\\.(Timer|TimerTask)"
            + "|java\\.util\\.concurrent\\.(?!atomic\\.)\\w*(Execut|Future|Thread|Locks?)\\w*"
            + "|java\\.time\\.Clock|java\\.time\\.InstantSource|org\\.slf4j\\..*|java\\.util\\.logging\\..*|java\\.lang\\.System\\$Logger");
    private static final Set<String> FORBIDDEN_METHOD = Set.of("java.lang.System.nanoTime", "java.lang.System.currentTimeMillis", "java.lang.System.getLogger",
            "java.time.Instant.now", "java.time.LocalDateTime.now", "java.time.ZonedDateTime.now", "java.time.OffsetDateTime.now", "java.util.Random.<init>",
            "java.lang.Math.random", "java.util.concurrent.ThreadLocalRandom.current", "java.util.random.RandomGenerator.getDefault");
    private static final Set<String> STARTS_A_PROCESS = Set.of("java.lang.ProcessBuilder.<init>", "java.lang.ProcessBuilder.start", "java.lang.Runtime.exec");

    private ModuleRules() {}

    /** A leaf knows no other leaf and not the root. */
    static List<String> strangers(ClassFile file) {
        var found = new ArrayList<String>();
        LEAVES.stream().filter(file::in).forEach(home -> {
            for (String used : file.classes()) {
                if (ClassFile.within(used, "dev.torii") && !ClassFile.within(used, home)) found.add(file.name() + " uses " + used);
            }
        });
        return found;
    }

    /** Wire and machine classes have no socket, clock, thread, logger or chance of their own. */
    static List<String> surroundings(ClassFile file) {
        if (PURE.stream().noneMatch(file::in)) return List.of();
        return impurities(file);
    }

    static List<String> impurities(ClassFile file) {
        var found = new ArrayList<String>();
        for (String used : file.classes()) if (FORBIDDEN_CLASS.matcher(used).matches()) found.add(file.name() + " uses " + used);
        for (String called : file.methods()) if (FORBIDDEN_METHOD.contains(called)) found.add(file.name() + " calls " + called);
        return found;
    }

    /** Only {@code Main}, which registers its command, knows of the lab. */
    static List<String> labUsers(ClassFile file) {
        if (ClassFile.within(file.name(), LAB) || file.name().equals("dev.torii.cli.Main")) return List.of();
        return file.classes().stream().filter(used -> ClassFile.within(used, LAB)).map(used -> file.name() + " uses " + used).toList();
    }

    /** Nothing but the lab starts processes. */
    static List<String> processStarters(ClassFile file) {
        if (!ClassFile.within(file.name(), "dev.torii") || ClassFile.within(file.name(), LAB)) return List.of();
        return file.methods().stream().filter(STARTS_A_PROCESS::contains).map(called -> file.name() + " calls " + called).toList();
    }
}
