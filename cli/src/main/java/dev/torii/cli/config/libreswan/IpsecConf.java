package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.ConfigFiles;
import dev.torii.cli.config.Diagnostics;
import dev.torii.cli.config.Host;
import dev.torii.cli.config.TunnelConfig;
import java.util.List;
import java.util.Optional;

/** Libreswan's files below the root. */
public final class IpsecConf {
    private IpsecConf() {}

    /** The connections to load; incomplete if there were errors. */
    public static List<TunnelConfig> load(ConfigFiles files, Host host, Diagnostics diagnostics) {
        var conf = new ConfParser(files, diagnostics);
        if (files.exists("/etc/ipsec.conf")) conf.read("/etc/ipsec.conf", Optional.empty());
        conf.read("/etc/ipsec.d/*.conf", Optional.empty());
        var secrets = new SecretsParser(files, diagnostics);
        if (files.exists("/etc/ipsec.secrets")) secrets.read("/etc/ipsec.secrets", Optional.empty());
        secrets.read("/etc/ipsec.d/*.secrets", Optional.empty());

        var resolver = new ConnResolver(diagnostics);
        var conns = resolver.resolve(conf.conns());
        var setup = resolver.checkSetup(conf.setups());
        return new Tunnels(host, secrets.table(), secrets.fileNames(), secrets.ppks(), new Certificates(files, secrets.keys(), diagnostics), setup,
                diagnostics).build(conns);
    }
}
