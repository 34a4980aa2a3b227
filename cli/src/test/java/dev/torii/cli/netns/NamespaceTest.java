package dev.torii.cli.netns;

import dev.torii.cli.lab.Frr;
import dev.torii.cli.lab.Shell;
import dev.torii.cli.lab.Strongswan;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.ExtendWith;

/** A test in network namespaces: runs as root, with /dev/net/tun and the named programs; skipped otherwise, which the build says in one line. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NamespaceCondition.class)
public @interface NamespaceTest {
    /** The tag of a class that measures or loads the machine: the build runs it with no other beside it. */
    String ALONE = "alone";

    /** What it needs besides iproute2, ping and nft. */
    Needs[] value() default {};

    /** Programs a test may need. */
    enum Needs {
        STRONGSWAN(Strongswan::installed),
        /** Of Debian 13, by cli/peers/strongswan6.sh: not in .ci/run, which has Debian 12's packages only. */
        STRONGSWAN_6(() -> Strongswan.unpacked("trixie").isPresent()),
        /** Likewise, of a release that has ML-KEM. */
        STRONGSWAN_6_ML_KEM(() -> Strongswan.unpacked("forky").isPresent()),
        FRR(Frr::installed),
        BIRD(Bird::installed),
        GOBGP(Gobgp::installed),
        TSHARK(() -> Shell.has("tshark")),
        TCPDUMP(() -> Shell.has("tcpdump")),
        STRACE(() -> Shell.has("strace")),
        CONNTRACK(() -> Shell.has("conntrack")),
        ETHTOOL(() -> Shell.has("ethtool"));

        private final BooleanSupplier installed;

        Needs(BooleanSupplier installed) {
            this.installed = installed;
        }

        boolean installed() {
            return installed.getAsBoolean();
        }
    }
}
