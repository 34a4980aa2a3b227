package dev.torii.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The article's {@code ssh ADDRESS hostname}: with sshd where it is installed (throw-away keys, nothing of /etc/ssh or ~/.ssh is read or
 * written), otherwise a plain TCP connection that asks for the same.
 */
final class RemoteLogin {
    private static final String PROBE_PORT = "2222";
    private static final Duration START = Duration.ofSeconds(10);
    private static final Duration LOGIN = Duration.ofSeconds(15);

    private final Namespaces namespaces;
    private final Path directory;
    private final boolean ssh;

    private RemoteLogin(Namespaces namespaces, Path directory, boolean ssh) {
        this.namespaces = namespaces;
        this.directory = directory;
        this.ssh = ssh;
    }

    /** Starts a server in each namespace, under that host name. */
    static RemoteLogin start(Namespaces namespaces, List<Host> hosts) {
        var directory = namespaces.state().resolve("ssh");
        boolean installed = Shell.has("sshd") && Shell.has("ssh") && Shell.has("ssh-keygen");
        if (installed) {
            var login = new RemoteLogin(namespaces, directory, true);
            login.writeFiles();
            hosts.forEach(login::startSshd);
            if (login.hostname(hosts.get(0).namespace(), "127.0.0.1").ok()) return login;      // root may be locked on this machine
        }
        var login = new RemoteLogin(namespaces, directory, false);
        hosts.forEach(login::startProbe);
        return login;
    }

    /** A machine one can log in to. */
    record Host(String namespace, String hostname) {}

    /** What is typed, for the operator's eyes. */
    String shown(String address) {
        return ssh ? "ssh " + address + " hostname" : "(no sshd here; over plain TCP) hostname of " + address;
    }

    /** Logs in from a namespace to an address and asks for the host name. */
    Shell.Result hostname(String from, String address) {
        if (!ssh) return namespaces.run(from, LOGIN, TcpProbe.command("hostname", address, PROBE_PORT).toArray(String[]::new));
        return namespaces.run(from, LOGIN, "ssh", "-F", "none", "-i", directory.resolve("user_key").toString(), "-o", "IdentitiesOnly=yes",
                "-o", "BatchMode=yes", "-o", "ConnectTimeout=5", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                "-o", "LogLevel=ERROR", "-l", "root", address, "hostname");
    }

    private void startSshd(Host host) {
        var sshd = List.of("/usr/sbin/sshd", "-D", "-e", "-f", directory.resolve("sshd_config").toString());     // sshd wants its full path
        var job = namespaces.spawn(host.namespace(), "sshd-" + host.namespace(), Namespaces.withOwnRun(directory, host.hostname(), sshd));
        Await.until("sshd in " + host.namespace(), START, () -> job.output().contains("listening") || !job.alive(), () -> job.tail(5));
    }

    private void startProbe(Host host) {
        var job = namespaces.spawn(host.namespace(), "tcp-" + host.namespace(), TcpProbe.command("serve", PROBE_PORT, host.hostname()));
        Await.until("the TCP server in " + host.namespace(), START, () -> job.output().contains("listening"), () -> job.tail(5));
    }

    private void writeFiles() {
        try {
            Files.createDirectories(directory);
            for (var key : List.of("host_key", "user_key")) {
                Shell.run(Shell.SHORT, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "torii-lab", "-f", directory.resolve(key).toString())
                        .orFail("making an ssh key");
            }
            Files.copy(directory.resolve("user_key.pub"), directory.resolve("authorized_keys"));
            Files.writeString(directory.resolve("sshd_config"), """
                    Port 22
                    HostKey %1$s/host_key
                    AuthorizedKeysFile %1$s/authorized_keys
                    PermitRootLogin prohibit-password
                    PasswordAuthentication no
                    KbdInteractiveAuthentication no
                    StrictModes no
                    UsePAM no
                    UseDNS no
                    PidFile none
                    PrintMotd no
                    """.formatted(directory));
        } catch (IOException e) {
            throw new LabFailure("cannot write sshd's files: " + e.getMessage(), e);
        }
    }
}
