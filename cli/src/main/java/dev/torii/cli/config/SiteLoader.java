package dev.torii.cli.config;

import dev.torii.cli.config.frr.FrrConf;
import dev.torii.cli.config.libreswan.IpsecConf;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Brings the files of both programs together. */
final class SiteLoader {
    private SiteLoader() {}

    static SiteConfig load(Path root, Host live) throws ConfigException {
        var diagnostics = new Diagnostics();
        var addresses = live.localAddresses();                      // asked once: every conn asks, and the host's addresses are not to change meanwhile
        Host host = () -> addresses;
        if (!Files.isDirectory(root)) {
            throw new ConfigException(List.of(new Problem(new Position(root.toString(), 1, 1), "there is no such directory", "give the directory that contains etc")), List.of());
        }
        var tunnels = IpsecConf.load(new ConfigFiles(root, diagnostics), host, diagnostics);
        Map<String, InetAddress> interfaces = new HashMap<>();
        for (TunnelConfig tunnel : tunnels) tunnel.innerAddress().ifPresent(inner -> interfaces.put(tunnel.interfaceName(), inner.address()));
        var routing = FrrConf.load(new ConfigFiles(root, diagnostics), interfaces, diagnostics);
        diagnostics.check();
        return new SiteConfig(tunnels, routing.staticRoutes(), routing.bgp(), routing.bgpInKernel(), routing.hostname(), routing.version(), diagnostics.warnings());
    }
}
