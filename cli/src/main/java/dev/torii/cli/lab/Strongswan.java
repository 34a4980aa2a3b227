package dev.torii.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** One charon with userspace ESP (kernel-libipsec) in a namespace, with sockets, files and log of its own. */
public final class Strongswan implements AutoCloseable {
    private static final Path CHARON = Path.of("/usr/lib/ipsec/charon");
    private static final Path LIBIPSEC = Path.of("/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so");
    private static final Duration START = Duration.ofSeconds(15);
    private static final Pattern TUN = Pattern.compile("created TUN device: (\\S+)");

    private final Namespaces namespaces;
    private final String namespace;
    private final Path directory;
    private final Job job;

    private Strongswan(Namespaces namespaces, String namespace, Path directory, Job job) {
        this.namespaces = namespaces;
        this.namespace = namespace;
        this.directory = directory;
        this.job = job;
    }

    /** Whether charon, its userspace ESP and swanctl are installed. */
    public static boolean installed() {
        return Files.isExecutable(CHARON) && Files.exists(LIBIPSEC) && Shell.has("swanctl");
    }

    /** Where {@code cli/peers/strongswan6.sh SUITE} unpacks another release's strongSwan, if it has. */
    public static Optional<Path> unpacked(String suite) {
        var peers = Optional.ofNullable(System.getenv("TORII_PEERS")).map(Path::of).orElse(Path.of(System.getProperty("user.home"), ".cache/torii/peers"));
        return Optional.of(peers.resolve("strongswan-" + suite)).filter(root -> Files.isExecutable(root.resolve(CHARON.toString().substring(1))));
    }

    /** Starts the only charon of a namespace, on ports 500 and 4500. */
    public static Strongswan start(Namespaces namespaces, String namespace, StrongswanConfig config) {
        return start(namespaces, namespace, namespace, 500, 4500, config);
    }

    /** Starts a charon of that name; port 0 is any, as a second initiator of a namespace needs. */
    public static Strongswan start(Namespaces namespaces, String namespace, String name, int port, int portNatT, StrongswanConfig config) {
        return start(namespaces, namespace, name, port, portNatT, config.swanctlConf(), config.tunCommands(), config.logLevel());
    }

    /** Where a charon of that name has its files: x509, x509ca and private as below /etc/swanctl; more*.conf goes into its section charon. */
    public static Path directory(Namespaces namespaces, String name) {
        return namespaces.state().resolve("strongswan-" + name);
    }

    /**
     * Starts a charon with any connections.
     *
     * @param swanctlConf its swanctl.conf
     * @param tunCommands iproute2 commands, one a line, in which {@code @tun} is its TUN device
     */
    public static Strongswan start(Namespaces namespaces, String namespace, String name, int port, int portNatT, String swanctlConf,
            String tunCommands, int logLevel) {
        return start(namespaces, namespace, name, port, portNatT, swanctlConf, tunCommands, logLevel, Optional.empty());
    }

    /** The same with the charon of another installation. {@code root}: its root directory. */
    public static Strongswan start(Namespaces namespaces, String namespace, String name, int port, int portNatT, String swanctlConf,
            String tunCommands, int logLevel, Optional<Path> root) {
        var directory = directory(namespaces, name);
        write(directory, "strongswan.conf", strongswanConf(directory, name, port, portNatT, logLevel));
        write(directory, "swanctl.conf", swanctlConf);
        write(directory, "charon.log", "");
        var charon = List.of(CHARON.toString());
        var command = new ArrayList<>(List.of("env", "STRONGSWAN_CONF=" + directory.resolve("strongswan.conf")));
        command.addAll(root.map(other -> Namespaces.within(other, charon)).orElse(charon));
        var job = namespaces.spawn(namespace, "charon-" + name, Namespaces.withOwnRun(directory, name, command));
        var started = new Strongswan(namespaces, namespace, directory, job);
        Await.until("charon's answer", START, () -> Files.exists(directory.resolve("vici")) && started.swanctl("--stats").ok(),
                () -> job.tail(5) + started.log());
        started.interfaceUp(tunCommands);
        started.swanctl("--load-all", "--file", directory.resolve("swanctl.conf").toString()).orFail("loading strongSwan's connection");
        return started;
    }

    /** Runs swanctl on this charon. */
    public Shell.Result swanctl(String... arguments) {
        var command = new ArrayList<>(List.of("env", "SWANCTL_DIR=" + directory, "swanctl"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--uri", "unix://" + directory.resolve("vici")));
        return Shell.run(Shell.SHORT, "", command);
    }

    /** Whether a child SA is installed. */
    public boolean established() {
        return swanctl("--list-sas").out().contains("INSTALLED");
    }

    /** Everything charon logged. */
    public String log() {
        try {
            return Files.readString(directory.resolve("charon.log"));
        } catch (IOException e) {
            return "";
        }
    }

    /** The process. */
    public Job job() {
        return job;
    }

    /** Its TUN device. */
    public String tun() {
        var found = TUN.matcher(log());
        String last = "";
        while (found.find()) last = found.group(1);
        if (last.isEmpty()) throw new LabFailure("charon made no TUN device:" + System.lineSeparator() + log());
        return last;
    }

    /** Asks charon to end; it says goodbye to its peers. */
    @Override
    public void close() {
        job.terminate();
        if (!job.awaitEnd(Duration.ofSeconds(3))) job.kill();
    }

    private void interfaceUp(String tunCommands) {
        var commands = ("link set @tun mtu 1400 up\n" + tunCommands).replace("@tun", tun());
        Shell.run(Shell.SHORT, commands, List.of("ip", "-n", namespaces.name(namespace), "-batch", "-")).orFail("charon's TUN");
    }

    /**
     * The daemon's own configuration. kernel-libipsec puts {@code default dev ipsecN} into its routing table whatever install_routes says, so
     * the table is one that is looked up after main and default, that is never. The mark keeps charon's own packets out of its tunnel.
     */
    private static String strongswanConf(Path directory, String name, int port, int portNatT, int logLevel) {
        return """
                charon {
                  include more*.conf
                  load = random nonce aes sha1 sha2 hmac kdf md5 gcm ctr openssl curve25519 pem pkcs1 pkcs8 x509 pubkey constraints \
                kernel-libipsec kernel-netlink socket-default vici
                  port = %d
                  port_nat_t = %d
                  install_routes = no
                  install_virtual_ip = no
                  routing_table = %d
                  routing_table_prio = 32900
                  retransmit_tries = 3
                  retransmit_timeout = 2.0
                  retransmit_base = 1.4
                  plugins {
                    kernel-libipsec {
                      allow_peer_ts = yes
                    }
                    kernel-netlink {
                      fwmark = !0x42
                    }
                    socket-default {
                      fwmark = 0x42
                    }
                    vici {
                      socket = unix://%s/vici
                    }
                  }
                  filelog {
                    file {
                      path = %s/charon.log
                      time_format = %%H:%%M:%%S
                      time_add_ms = yes
                      append = yes
                      flush_line = yes
                      default = 1
                      ike = %d
                      chd = %d
                      enc = %d
                    }
                  }
                }
                """.formatted(port, portNatT, 1000 + Math.floorMod(name.hashCode(), 60000), directory, directory,
                logLevel, logLevel, logLevel >= 4 ? 3 : 1);
    }

    private static void write(Path directory, String name, String text) {
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new LabFailure("cannot write strongSwan's files: " + e.getMessage(), e);
        }
    }
}
