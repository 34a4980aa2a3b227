package dev.torii.bgp;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The speaker against FRR's bgpd, each in a network namespace of its own. Needs root and FRR. */
class FrrInteropTest {
    private static final Path BGPD = Path.of("/usr/lib/frr/bgpd"), ZEBRA = Path.of("/usr/lib/frr/zebra");
    private static final String OURS = "bgp-" + ProcessHandle.current().pid() + "a", THEIRS = "bgp-" + ProcessHandle.current().pid() + "b";

    @TempDir Path directory;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach void namespaces() throws Exception {
        boolean possible = "root".equals(System.getProperty("user.name")) && Files.exists(BGPD);
        if (!possible) System.err.println("SKIPPED FrrInteropTest: it needs root and FRR's bgpd");
        assumeTrue(possible, "needs root and FRR");
        run("ip", "netns", "add", OURS);
        run("ip", "netns", "add", THEIRS);
        run("ip", "link", "add", "left", "netns", OURS, "type", "veth", "peer", "name", "right", "netns", THEIRS);
        run("ip", "-n", OURS, "addr", "add", "192.168.254.1/30", "dev", "left");
        run("ip", "-n", THEIRS, "addr", "add", "192.168.254.2/30", "dev", "right");
        run("ip", "-n", OURS, "link", "set", "left", "up");
        run("ip", "-n", THEIRS, "link", "set", "right", "up");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    @AfterEach void cleanUp() throws Exception {
        for (Process process : started.reversed()) {
            process.destroy();
            process.waitFor(5, TimeUnit.SECONDS);
        }
        if (!started.isEmpty()) {
            run("ip", "netns", "del", OURS);
            run("ip", "netns", "del", THEIRS);
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (process.waitFor() != 0) throw new IOException(String.join(" ", command) + ": " + output);
    }

    private Process start(String namespace, List<String> command) throws IOException {
        var all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(command);
        var process = new ProcessBuilder(all).redirectErrorStream(true).start();
        started.add(process);
        return process;
    }

    private void startFrr(String config) throws Exception {
        var file = Files.writeString(directory.resolve("bgpd.conf"), config);
        var options = List.of("--vty_socket", directory.toString(), "-z", directory.resolve("zserv").toString(), "-A", "127.0.0.1", "-P", "0");
        var zebra = new ArrayList<>(List.of(ZEBRA.toString(), "-i", directory.resolve("zebra.pid").toString()));
        zebra.addAll(options);
        start(THEIRS, zebra).getInputStream();
        var bgpd = new ArrayList<>(List.of(BGPD.toString(), "-f", file.toString(), "-i", directory.resolve("bgpd.pid").toString()));
        bgpd.addAll(options);
        start(THEIRS, bgpd);
    }

    private static String vtysh(Path directory, String command) throws IOException, InterruptedException {
        var process = new ProcessBuilder("vtysh", "--vty_socket", directory.toString(), "-c", command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    private static void await(BlockingQueue<String> lines, String wanted, List<String> seen) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < end) {
            var line = lines.poll(100, TimeUnit.MILLISECONDS);
            if (line == null) continue;
            seen.add(line);
            if (line.contains(wanted)) return;
        }
        throw new AssertionError("not seen: " + wanted + "\n" + String.join("\n", seen));
    }

    @Test void routesGoBothWaysAndAClearOnFrrsSideIsSurvived() throws Exception {
        startFrr("""
                router bgp 31898
                 bgp router-id 192.168.254.2
                 no bgp ebgp-requires-policy
                 no bgp network import-check
                 neighbor 192.168.254.1 remote-as 4200000001
                 neighbor 192.168.254.1 timers 3 9
                 neighbor 192.168.254.1 timers connect 2
                 address-family ipv4 unicast
                  network 10.0.1.0/24
                  network 10.0.2.0/24
                """);
        var ours = start(OURS, List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                TcpSpeaker.class.getName(), "192.168.254.1", "4200000001", "192.168.254.2", "31898", "192.168.2.0/24"));
        var lines = new LinkedBlockingQueue<String>();
        Thread.ofPlatform().daemon().start(() -> new BufferedReader(new InputStreamReader(ours.getInputStream(), java.nio.charset.StandardCharsets.UTF_8))
                .lines().forEach(lines::add));
        var seen = new ArrayList<String>();
        await(lines, "event session established, hold time 9 s", seen);
        await(lines, "best 10.0.2.0/24 192.168.254.2", seen);
        var theirs = vtysh(directory, "show bgp ipv4 unicast");
        assertTrue(theirs.contains("*> 192.168.2.0/24   192.168.254.1            0             0 4200000001 i"), theirs);
        vtysh(directory, "clear bgp 192.168.254.1");
        await(lines, "event session down: received Cease", seen);
        await(lines, "event session established", seen);
        await(lines, "best 10.0.2.0/24 192.168.254.2", seen);
        ours.getOutputStream().write('\n');
        ours.getOutputStream().flush();
        await(lines, "row *> 10.0.1.0/24 192.168.254.2 [31898] i", seen);
        await(lines, "event session down: sent Cease/Administrative Shutdown", seen);
    }
}
