package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.ConfigException;
import dev.torii.cli.config.ConfigFiles;
import dev.torii.cli.config.Diagnostics;
import dev.torii.ike.IkeException;
import dev.torii.ike.cert.CertificateFiles;
import dev.torii.ike.cert.Revocations;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The lists of ipsec.d/crls: read at the start, and once more when a file is new, has changed, or is gone. For one thread. */
final class RevocationLists implements Revocations {
    private static final String PATTERN = "/etc/ipsec.d/crls/*";

    private final ConfigFiles files;
    private Map<String, ConfigFiles.State> seen;
    private List<X509CRL> lists;

    /** Reads them; what is wrong goes to {@code diagnostics}. */
    RevocationLists(ConfigFiles files, Diagnostics diagnostics) {
        this.files = files;
        this.seen = files.states(PATTERN);
        this.lists = read(files, diagnostics);
    }

    @Override public List<X509CRL> now() throws IkeException {
        var states = files.states(PATTERN);
        if (states.equals(seen)) return lists;
        var diagnostics = new Diagnostics();
        var read = read(files.again(diagnostics), diagnostics);
        try {
            diagnostics.check();
        } catch (ConfigException unusable) {
            throw new IkeException("no certificate is accepted: " + unusable.problems().getFirst().cause());
        }
        seen = states;
        lists = read;
        return lists;
    }

    private static List<X509CRL> read(ConfigFiles files, Diagnostics diagnostics) {
        var lists = new ArrayList<X509CRL>();
        for (String name : files.glob(PATTERN)) {
            Certificates.each(files, name, "revocation list", bytes -> lists.addAll(CertificateFiles.revocations(bytes)), diagnostics);
        }
        return List.copyOf(lists);
    }
}
