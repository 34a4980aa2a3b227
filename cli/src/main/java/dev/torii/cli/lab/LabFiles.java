package dev.torii.cli.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;

/** The configuration the lab's Torii daemons read: the article's files for the CPE, their mirror image for OCI's side. */
public final class LabFiles {
    private static final List<String> FRR_DAEMONS = List.of("bgpd", "ospfd", "ospf6d", "ripd", "ripngd", "isisd", "pimd", "pim6d", "ldpd", "nhrpd",
            "eigrpd", "babeld", "sharpd", "pbrd", "bfdd", "fabricd", "vrrpd", "pathd");

    private final List<String> secrets;
    private final Ike ike;

    private LabFiles(List<String> secrets, Ike ike) {
        this.secrets = secrets;
        this.ike = ike;
    }

    /** Files with fresh random secrets. */
    public static LabFiles withRandomSecrets() {
        var random = new SecureRandom();
        return new LabFiles(List.of(secret(random), secret(random)), Ike.V1);
    }

    /** The same for another version of IKE: one word of each conn changed. */
    public LabFiles speaking(Ike version) {
        return new LabFiles(secrets, version);
    }

    /** The version of IKE the files ask for. */
    public Ike ike() {
        return ike;
    }

    /** The pre-shared key of tunnel 1 or 2. */
    public String secret(int tunnel) {
        return secrets.get(tunnel - 1);
    }

    /** Writes the article's files for the CPE below {@code root}, with nothing but the placeholders filled in, and {@link #ike}. */
    public void writeCpe(Path root, Mode mode) {
        switch (mode) {
            case BGP -> {
                write(root, "etc/ipsec.d/oci-ipsec.conf", ike.in(filled("bgp/oci-ipsec.conf")));
                write(root, "etc/frr/daemons", daemons());
                write(root, "etc/frr/bgpd.conf", filled("bgp/bgpd.conf"));
                write(root, "etc/frr/staticd.conf", filled("bgp/staticd.conf"));
            }
            case STATIC -> write(root, "etc/ipsec.d/oci-ipsec.conf", ike.in(filled("static/oci-ipsec.conf")));
        }
        writeSecret(root, "etc/ipsec.d/oci-ipsec.secrets", filled("oci-ipsec.secrets"));
    }

    /** Writes the files of Torii as OCI's head end 1 or 2. */
    public void writeHeadEnd(Path root, Mode mode, int number) {
        var address = Topology.headEndAddress(number);
        var local = mode == Mode.BGP ? "0.0.0.0/0" : "10.0.2.0/24";
        var remote = mode == Mode.BGP ? "0.0.0.0/0" : "192.168.2.0/24";
        var inTunnel = mode == Mode.BGP ? "     leftvti=" + Addresses.headEndInTunnel(number) + "/30\n" : "";
        write(root, "etc/ipsec.d/cpe.conf", ike.in("""
                conn cpe
                     left=%1$s
                     leftid=%1$s
                     right=%2$s
                     rightid=%2$s
                     authby=secret
                     leftsubnet=%3$s
                     rightsubnet=%4$s
                     auto=add
                     mark=5/0xffffffff
                     vti-interface=vti01
                     vti-routing=no
                %5$s     ikev2=no
                     ike=aes_cbc256-sha2_384;modp1536
                     phase2alg=aes_gcm256;modp1536
                     encapsulation=yes
                     ikelifetime=28800s
                     salifetime=3600s
                """.formatted(address, Topology.CPE_PUBLIC, local, remote, inTunnel)));
        writeSecret(root, "etc/ipsec.d/cpe.secrets", address + " " + Topology.CPE_PUBLIC + ": PSK \"" + secret(number) + "\"\n");
        write(root, "etc/frr/daemons", daemons());
        write(root, "etc/frr/bgpd.conf", mode == Mode.BGP ? OciRouting.headEndBgp(number, false) : OciRouting.headEndStatic(number));
        if (mode == Mode.BGP) write(root, "etc/frr/staticd.conf", OciRouting.HEAD_END_STATIC_ROUTES);
    }

    /** Writes the files of Torii as the DRG: BGP only. */
    public void writeDrg(Path root) {
        write(root, "etc/frr/daemons", daemons());
        write(root, "etc/frr/bgpd.conf", OciRouting.drgBgp(false));
    }

    /** One of the article's files as printed there, read from the jar. */
    static String article(String name) {
        try (InputStream in = LabFiles.class.getResourceAsStream("article/" + name)) {
            if (in == null) throw new LabFailure("the jar lacks the article's " + name);
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LabFailure("cannot read the article's " + name, e);
        }
    }

    private String filled(String name) {
        return article(name).replace("CPE_global_IP", Topology.CPE_PUBLIC)
                .replace("Tunnel1_global_IP", Topology.headEndAddress(1)).replace("Tunnel2_global_IP", Topology.headEndAddress(2))
                .replace("Shared_secret_tunnel1", secret(1)).replace("Shared_secret_tunnel2", secret(2));
    }

    /** FRR's daemons file as its package installs it, with the article's one change. */
    private static String daemons() {
        var text = new StringBuilder("# Which FRR daemons run. zebra and staticd always do.\n");
        for (var daemon : FRR_DAEMONS) text.append(daemon).append(daemon.equals("bgpd") ? "=yes\n" : "=no\n");
        return text.append("""
                vtysh_enable=yes
                zebra_options="  -A 127.0.0.1 -s 90000000"
                bgpd_options="   -A 127.0.0.1"
                staticd_options="-A 127.0.0.1"
                """).toString();
    }

    private static String secret(SecureRandom random) {
        var bytes = new byte[24];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void write(Path root, String name, String text) {
        try {
            Files.createDirectories(root.resolve(name).getParent());
            Files.writeString(root.resolve(name), text);
        } catch (IOException e) {
            throw new LabFailure("cannot write " + root.resolve(name) + ": " + e.getMessage(), e);
        }
    }

    private static void writeSecret(Path root, String name, String text) {
        try {
            var file = root.resolve(name);
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new LabFailure("cannot write " + root.resolve(name) + ": " + e.getMessage(), e);
        }
    }
}
