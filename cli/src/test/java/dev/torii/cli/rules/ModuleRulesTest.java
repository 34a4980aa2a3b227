package dev.torii.cli.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.Speaker;
import dev.torii.cli.Main;
import dev.torii.esp.SaDatabase;
import dev.torii.ike.IkeSession;
import dev.torii.tun.LinuxTun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dependency rule {@code cli -> ike, esp, bgp, tun}, in the classes as they are compiled. */
class ModuleRulesTest {
    private static final List<ClassFile> CLASSES = new ArrayList<>();

    @BeforeAll static void readEveryModule() throws Exception {
        for (Class<?> one : List.of(IkeSession.class, SaDatabase.class, Speaker.class, LinuxTun.class, Main.class)) {
            int before = CLASSES.size();
            Path place = place(one);
            if (Files.isDirectory(place)) readAll(place);
            else try (var jar = FileSystems.newFileSystem(place)) {
                readAll(jar.getPath("/"));
            }
            assertTrue(CLASSES.size() - before >= 20, "few classes of " + one + " in " + place);
        }
    }

    private static Path place(Class<?> one) throws URISyntaxException {
        return Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private static void readAll(Path root) throws IOException {
        try (var files = Files.walk(root)) {
            files.filter(file -> file.toString().endsWith(".class")).map(ModuleRulesTest::read).forEach(CLASSES::add);
        }
    }

    private static ClassFile read(Path file) {
        try {
            return ClassFile.parse(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static List<String> broken(Function<ClassFile, List<String>> rule) {
        return CLASSES.stream().flatMap(file -> rule.apply(file).stream()).toList();
    }

    @Test void leavesDoNotKnowEachOther() {
        assertEquals(List.of(), broken(ModuleRules::strangers));
    }

    @Test void wireAndMachineClassesHaveNoSocketClockThreadOrLogger() {
        assertEquals(List.of(), broken(ModuleRules::surroundings));
    }

    @Test void onlyMainKnowsOfTheLab() {
        assertEquals(List.of(), broken(ModuleRules::labUsers));
    }

    @Test void nothingButTheLabStartsAProcess() {
        assertEquals(List.of(), broken(ModuleRules::processStarters));
    }

    @Test void eachRuleFindsWhatBreaksIt() throws IOException {
        Path here = Path.of("dev/torii/cli/rules/ModuleRulesTest$Impure.class");
        byte[] bytes;
        try (var in = ModuleRulesTest.class.getClassLoader().getResourceAsStream(here.toString())) {
            if (in == null) throw new IOException("no " + here);
            bytes = in.readAllBytes();
        }
        var impure = ClassFile.parse(bytes);
        var asLeaf = new ClassFile("dev.torii.ike.v1.Impure", impure.classes(), impure.methods());
        assertTrue(ModuleRules.strangers(asLeaf).contains("dev.torii.ike.v1.Impure uses dev.torii.bgp.Speaker"), ModuleRules.strangers(asLeaf)::toString);
        var surroundings = ModuleRules.surroundings(asLeaf);
        for (String part : List.of("uses java.net.DatagramSocket", "uses java.nio.channels.DatagramChannel", "uses java.lang.Thread", "uses java.util.Timer",
                "uses java.time.Clock", "uses org.slf4j.Logger", "uses io.netty.channel.Channel", "calls java.lang.System.nanoTime",
                "calls java.time.Instant.now")) {
            assertTrue(surroundings.contains("dev.torii.ike.v1.Impure " + part), part + " not found in " + surroundings);
        }
        assertTrue(surroundings.stream().noneMatch(found -> found.contains("InetSocketAddress")), "an address is not a socket");
        assertTrue(ModuleRules.labUsers(impure).stream().anyMatch(found -> found.endsWith("uses dev.torii.cli.lab.LabCommand")));
        assertEquals(List.of(impure.name() + " calls java.lang.ProcessBuilder.<init>", impure.name() + " calls java.lang.ProcessBuilder.start"),
                ModuleRules.processStarters(impure));
    }

    /** Does all that is forbidden, in code, fields or signatures. */
    @SuppressWarnings("unused")
    private static final class Impure {
        private java.net.InetSocketAddress allowed = new java.net.InetSocketAddress(0);

        java.util.List<Speaker> generic() {
            return List.of();
        }

        io.netty.channel.Channel signatures(java.net.DatagramSocket socket, java.nio.channels.DatagramChannel channel,
                java.util.Timer timer, java.time.Clock clock, org.slf4j.Logger log) {
            throw new IllegalStateException(new dev.torii.cli.lab.LabCommand() + " " + System.nanoTime() + java.time.Instant.now());
        }

        void process() throws IOException {
            Thread.currentThread().interrupt();
            new ProcessBuilder("true").start();
        }
    }
}
