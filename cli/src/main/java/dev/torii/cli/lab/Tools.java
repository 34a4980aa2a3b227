package dev.torii.cli.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The programs the lab needs, and their Debian packages. */
final class Tools {
    private static final Path POLICY = Path.of("/usr/sbin/policy-rc.d");
    private static final Path POLICY_ASIDE = Path.of("/usr/sbin/policy-rc.d.torii-lab");
    private static final Duration INSTALL = Duration.ofMinutes(10);

    private Tools() {}

    /** The packages to install before the lab can run; empty when nothing is missing. */
    static List<String> missing(Peer peer) {
        var packages = new ArrayList<String>();
        if (!Shell.has("ip")) packages.add("iproute2");
        if (!Shell.has("ping")) packages.add("iputils-ping");
        if (!Shell.has("nft")) packages.add("nftables");
        if (peer == Peer.STRONGSWAN) {
            if (!Strongswan.installed()) {
                packages.addAll(List.of("strongswan-charon", "strongswan-swanctl", "libcharon-extra-plugins", "libstrongswan-standard-plugins",
                        "libstrongswan-extra-plugins"));
            }
            if (!Frr.installed()) packages.add("frr");
        }
        return packages;
    }

    /** What a person would type to install them. */
    static String command(List<String> packages) {
        return "apt-get install --no-install-recommends " + String.join(" ", packages);
    }

    /** Installs packages without letting their daemons start. */
    static void install(List<String> packages) {
        if (!Shell.has("apt-get")) throw new LabFailure("please install what Debian has as: " + String.join(" ", packages));
        boolean aside = false;
        try {
            if (Files.exists(POLICY)) {
                Files.move(POLICY, POLICY_ASIDE);
                aside = true;
            }
            Files.writeString(POLICY, "#!/bin/sh\nexit 101\n");     // invoke-rc.d: action forbidden by policy
            Files.setPosixFilePermissions(POLICY, PosixFilePermissions.fromString("rwxr-xr-x"));
            apt(List.of("update"));
            var arguments = new ArrayList<>(List.of("install", "-y", "--no-install-recommends"));
            arguments.addAll(packages);
            apt(arguments);
        } catch (IOException e) {
            throw new LabFailure("cannot keep the packages' daemons from starting: " + e.getMessage(), e);
        } finally {
            restorePolicy(aside);
        }
    }

    private static void restorePolicy(boolean aside) {
        try {
            Files.deleteIfExists(POLICY);
            if (aside) Files.move(POLICY_ASIDE, POLICY);
        } catch (IOException e) {
            throw new LabFailure("cannot restore " + POLICY + ": " + e.getMessage(), e);
        }
    }

    private static void apt(List<String> arguments) {
        var command = new ArrayList<>(List.of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"));
        command.addAll(arguments);
        Shell.run(INSTALL, "", command).orFail("apt-get " + arguments.get(0));
    }
}
