package dev.torii.cli.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One run of the lab: build, start, check, take down. */
final class Lab {
    private static final Path STATE = Path.of("/run/torii-lab");
    private static final Duration FIRST_PING = Duration.ofSeconds(45);
    private static final int LOG_LINES = 15;

    private final Options options;
    private final Steps steps;
    private Optional<OciSide> oci = Optional.empty();
    private Optional<ToriiDaemon> cpe = Optional.empty();

    Lab(Options options, Steps steps) {
        this.options = options;
        this.steps = steps;
    }

    /**
     * What the operator asked for.
     *
     * @param keep leave it up at the end
     * @param logs copy every daemon's log there before the take-down
     */
    record Options(Mode mode, Peer peer, Ike ike, String prefix, boolean keep, boolean install, Optional<Path> logs) {}

    /** Runs it; whether everything held. Whatever happens, nothing stays behind, unless it was asked to. */
    boolean run() {
        var cleanUp = new CleanUp(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(cleanUp);
        try {
            return locked(() -> {
                tools();
                return upAndChecked();
            });
        } finally {
            cleanUp.over.countDown();
        }
    }

    /** Takes down what {@code --keep} left. */
    void down() {
        locked(() -> {
            steps.step("taking down " + options.prefix(), () -> Namespaces.of(options.prefix(), Topology.NAMES, state()).close());
            return true;
        });
    }

    private boolean upAndChecked() {
        Topology topology = null;
        boolean pass = false;
        try {
            topology = steps.step("building the article's network in namespaces " + options.prefix() + "-*",
                    () -> Topology.up(options.prefix(), state()));
            check(topology);
            pass = true;
            steps.verdict(true, "the article's VPN works (" + options.mode().name().toLowerCase(Locale.ROOT) + ", OCI's side: "
                    + options.peer().name().toLowerCase(Locale.ROOT) + ", IKE" + options.ike().name().toLowerCase(Locale.ROOT) + ")");
        } catch (LabFailure e) {
            steps.verdict(false, e.getMessage());
            if (topology != null && !steps.silenced()) lastWords(topology.namespaces());
        } finally {
            Thread.interrupted();       // a Ctrl-C interrupts the checks, not the take-down
            if (topology != null) leave(topology);
        }
        return pass;
    }

    private void check(Topology topology) {
        var namespaces = topology.namespaces();
        var files = LabFiles.withRandomSecrets().speaking(options.ike());
        OciSide side = switch (options.peer()) {
            case TORII -> new ToriiOciSide(topology, options.mode(), files);
            case STRONGSWAN -> new StrongswanOciSide(topology, options.mode(), files);
        };
        oci = Optional.of(side);
        steps.step("starting OCI's two head ends and the DRG: " + side.description(), side::start);
        files.writeCpe(ToriiDaemon.root(namespaces, "cpe"), options.mode());
        new Checks(topology, options.mode(), options.ike(), startCpe(namespaces), side, steps).all();
    }

    private ToriiDaemon startCpe(Namespaces namespaces) {
        try (var ping = FirstPing.start(namespaces)) {
            long start = System.nanoTime();
            var daemon = ToriiDaemon.start(namespaces, "cpe");
            cpe = Optional.of(daemon);
            steps.step("starting the CPE on the article's files" + (options.ike() == Ike.V1 ? "" : ", one word of each conn changed"), daemon::awaitReady);
            if (options.ike() != Ike.V1) showChange(namespaces);
            double ready = seconds(start, System.nanoTime());
            double first = steps.step("waiting for the first ping", () -> seconds(start, ping.await(FIRST_PING)));
            steps.line(String.format(Locale.ROOT, "      first ping %.2f s after the CPE's start, ready after %.2f s", first, ready));
            return daemon;
        }
    }

    /** What the CPE reads where the article says otherwise. */
    private void showChange(Namespaces namespaces) {
        var asked = namespaces.run("cpe", Shell.SHORT, "grep", "ikev2=", ToriiDaemon.root(namespaces, "cpe").resolve("etc/ipsec.d/oci-ipsec.conf").toString());
        steps.console("cpe", "grep ikev2= /etc/ipsec.d/oci-ipsec.conf      # the article: " + Ike.V1.word(), asked.out().stripIndent().strip());
    }

    private void tools() {
        var missing = Tools.missing(options.peer());
        if (missing.isEmpty()) return;
        if (!options.install()) throw new LabFailure("missing programs: " + Tools.command(missing));
        steps.step(Tools.command(missing), () -> Tools.install(missing));
    }

    private void leave(Topology topology) {
        options.logs().ifPresent(directory -> copyLogs(topology.namespaces(), directory));
        if (options.keep() && !Thread.currentThread().isInterrupted() && !steps.silenced()) {
            howToLookAround(topology.namespaces());
            return;
        }
        topology.close();
    }

    private void howToLookAround(Namespaces namespaces) {
        var cpe = "ip netns exec " + namespaces.name("cpe") + " ";
        var launcher = ToriiDaemon.launcher();
        var runDir = " --run-dir " + namespaces.state().resolve("torii-cpe/run");
        steps.heading("The lab stays up. To look around:");
        steps.line("  " + cpe + launcher + " status" + runDir);
        if (options.mode() == Mode.BGP) steps.line("  " + cpe + launcher + " show bgp summary" + runDir);
        steps.line("  " + cpe + "ip route");
        steps.line("  ip netns exec " + namespaces.name("lic") + " ping " + Topology.COMPUTE);
        steps.line("  ls " + namespaces.state() + "        (configuration and logs of every daemon)");
        steps.line("To take it down:");
        steps.line("  " + launcher + " lab --down" + (options.prefix().equals(LabCommand.DEFAULT_PREFIX) ? "" : " --prefix " + options.prefix()));
    }

    private void lastWords(Namespaces namespaces) {
        cpe.filter(daemon -> daemon.job().alive()).ifPresent(daemon -> steps.console("cpe", "torii status", daemon.torii("status").text()));
        for (var job : namespaces.jobs()) {
            if (job.alive() && !job.name().startsWith("torii-")) continue;
            steps.line("--- the log of " + job.name() + (job.alive() ? ":" : ", which has ended:"));
            steps.line(job.tail(LOG_LINES));
        }
        oci.ifPresent(side -> steps.line(side.lastWords(LOG_LINES)));
    }

    private static void copyLogs(Namespaces namespaces, Path directory) {
        try (var files = Files.walk(namespaces.state())) {
            Files.createDirectories(directory);
            for (var file : files.filter(file -> file.toString().endsWith(".log")).toList()) {
                var name = namespaces.state().relativize(file).toString().replace('/', '-');
                Files.copy(file, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new LabFailure("cannot copy the logs: " + e.getMessage(), e);
        }
    }

    private Path state() {
        return STATE.resolve(options.prefix());
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }

    /** One lab of a prefix at a time: another would take this one's namespaces away. */
    private boolean locked(BooleanSupplier work) {
        var path = STATE.resolve(options.prefix() + ".lock");
        try {
            Files.createDirectories(STATE);
            try (var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                if (channel.tryLock() == null) {
                    throw new LabFailure("a lab with prefix " + options.prefix() + " is running; --prefix makes another");
                }
                try {
                    return work.getAsBoolean();
                } finally {
                    Thread.interrupted();
                    Files.delete(path);
                    removeStateDirectory();
                }
            }
        } catch (IOException e) {
            throw new LabFailure("cannot lock the lab: " + e.getMessage(), e);
        }
    }

    private static void removeStateDirectory() throws IOException {
        try (var files = Files.list(STATE)) {
            if (files.findAny().isPresent()) return;        // another lab's
        }
        Files.delete(STATE);
    }

    /** Ctrl-C and SIGTERM: the run is interrupted, and the JVM waits until it has taken everything down itself. */
    private final class CleanUp extends Thread {
        private final Thread run;
        private final CountDownLatch over = new CountDownLatch(1);

        private CleanUp(Thread run) {
            super("lab-clean-up");
            this.run = run;
        }

        @Override
        public void run() {
            if (over.getCount() == 0) return;
            steps.silence("taking the lab down ...");
            run.interrupt();
            try {
                over.await(60, TimeUnit.SECONDS);     // not join(): the thread that was interrupted ends up waiting for this one
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
