package dev.torii.cli.lab;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code torii lab}. */
@Command(name = "lab", mixinStandardHelpOptions = true, description = {
        "build the article's network in network namespaces, bring its VPN up and check it",
        "Needs root. Ends with PASS, or with the first thing that failed and why; leaves nothing behind."})
public final class LabCommand implements Callable<Integer> {
    static final String DEFAULT_PREFIX = "torii-lab";

    @Option(names = "--mode", paramLabel = "bgp|static", defaultValue = "bgp", converter = ModeConverter.class,
            description = "the article's dynamic or static routing (default: ${DEFAULT-VALUE})")
    private Mode mode;

    @Option(names = "--peer", paramLabel = "torii|strongswan", defaultValue = "torii", converter = PeerConverter.class,
            description = "who plays OCI's side: Torii, or strongSwan and FRR (default: ${DEFAULT-VALUE})")
    private Peer peer;

    @Option(names = "--ike", paramLabel = "v1|v2", defaultValue = "v1", converter = IkeConverter.class,
            description = "the version of IKE: v1 as the article's files say, v2 with ikev2=insist written there (default: ${DEFAULT-VALUE})")
    private Ike ike;

    @Option(names = "--prefix", paramLabel = "P", defaultValue = DEFAULT_PREFIX,
            description = "names of the namespaces begin with it (default: ${DEFAULT-VALUE})")
    private String prefix;

    @Option(names = "--keep", description = "leave it up at the end, and say how to look around")
    private boolean keep;

    @Option(names = "--down", description = "take down what --keep left")
    private boolean down;

    @Option(names = "--no-install", description = "do not install missing programs, name them")
    private boolean noInstall;

    @Option(names = "--logs", paramLabel = "DIR", description = "copy the daemons' logs there before the take-down")
    private @Nullable Path logs;

    @Override
    public Integer call() {
        var steps = Steps.onStandardOutput();
        if (!"root".equals(System.getProperty("user.name"))) {
            steps.line("torii lab makes network namespaces, which needs root: sudo " + ToriiDaemon.launcher() + " lab");
            return 2;
        }
        var lab = new Lab(new Lab.Options(mode, peer, ike, prefix, keep, !noInstall, Optional.ofNullable(logs)), steps);
        try {
            if (down) {
                lab.down();
                return 0;
            }
            return lab.run() ? 0 : 1;
        } catch (LabFailure e) {
            steps.verdict(false, e.getMessage());
            return 1;
        }
    }

    static final class ModeConverter implements ITypeConverter<Mode> {
        @Override
        public Mode convert(String value) {
            return constant(Mode.class, value);
        }
    }

    static final class PeerConverter implements ITypeConverter<Peer> {
        @Override
        public Peer convert(String value) {
            return constant(Peer.class, value);
        }
    }

    static final class IkeConverter implements ITypeConverter<Ike> {
        @Override
        public Ike convert(String value) {
            return constant(Ike.class, value);
        }
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String value) {
        for (var constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(value)) return constant;
        }
        var known = Arrays.toString(type.getEnumConstants()).toLowerCase(Locale.ROOT);
        throw new TypeConversionException("'" + value + "' is not one of " + known);
    }
}
