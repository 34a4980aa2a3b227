package dev.torii.cli.config.libreswan;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Every keyword of ipsec.conf(5), Libreswan 3 to 5.4, and what becomes of it here. Nothing is dropped in silence: a keyword is used, means nothing to a
 * userspace gateway or concerns pluto's own process ({@code QUIET}), is reported ({@code NOTED}), or keeps Torii from starting because leaving it out would
 * change what the user gets ({@code REFUSED}).
 */
final class Keywords {
    enum Effect { USED, QUIET, NOTED, REFUSED }

    /**
     * @param name     canonical
     * @param sided    comes as leftX and rightX
     * @param harmless values, in lower case, with which nothing need be said
     * @param note     for the user: why it has no effect (NOTED), or what to write instead (REFUSED)
     */
    record Keyword(String name, boolean sided, Effect effect, Set<String> harmless, String note) {}

    /** A keyword as written in a conn: for left, for right, or for both sides as one. */
    record Resolved(Keyword keyword, Optional<Side> side) {
        /** Like {@code leftid}. */
        String written() { return side.map(s -> s.word() + keyword.name()).orElse(keyword.name()); }
    }

    private static final String YES = "yes, on, true, y, 1";
    private static final String YES_NO = "no, off, false, n, 0";
    private static final Map<String, Keyword> CONN = new LinkedHashMap<>();
    private static final Map<String, String> ALIASES = new HashMap<>();
    private static final Map<String, Keyword> SETUP = new LinkedHashMap<>();
    private static final Map<String, String> FOREIGN = new HashMap<>();

    static {
        add(true, Effect.USED, "", "", "", "id", "subnet", "subnets", "vti", "interface-ip", "auth", "cert", "ca", "sendcert",
                "rsasigkey", "ecdsakey", "eddsakey", "pubkey", "ckaid", "protoport");
        add(true, Effect.NOTED, "%defaultroute", "the next hop is taken from the kernel's routes", "nexthop");
        add(true, Effect.NOTED, YES_NO, "a certificate that has expired is always refused", "groundhog");
        add(true, Effect.NOTED, "",
                "packets of this host itself leave with the address of the tunnel's interface; give that interface an address with leftvti=", "sourceip");
        add(true, Effect.NOTED, "", "no address pools and no XAUTH", "username", "updown-config");
        add(true, Effect.REFUSED, "none, " + YES_NO, "EAP is not supported: remove it", "autheap");
        add(true, Effect.REFUSED, "500", "IKE uses ports 500 and 4500: remove it", "ikeport");
        add(true, Effect.REFUSED, "%disabled, none", "no script is run: remove it; interfaces, addresses and routes are made by Torii itself", "updown");
        add(true, Effect.REFUSED, YES_NO, "XAUTH and Mode Config are not supported: remove it", "xauthserver", "xauthclient", "modecfgserver", "modecfgclient");
        add(true, Effect.REFUSED, "", "address pools are not supported: remove it", "addresspool");
        add(true, Effect.REFUSED, YES_NO, "address translation by client address is not supported: remove it", "cat");

        add(false, Effect.USED, "", "", "also", "auto", "authby", "keyexchange", "ikev2", "pfs", "nat-keepalive", "ipsec-lifetime", "retransmit-timeout",
                "retransmit-interval", "mark", "vti-interface", "ipsec-interface", "encapsulation", "rekeymargin", "rekeyfuzz", "replay-window", "ikelifetime",
                "ike", "phase2alg", "metric", "dpddelay", "dpdtimeout", "mtu", "fragmentation", "ppk", "ppk-ids", "dpdaction", "keyingtries", "esn", "rekey",
                "reauth", "initial-contact", "decap-dscp", "encap-dscp", "nopmtudisc", "ipsec-max-bytes", "ipsec-max-packets");
        add(false, Effect.QUIET, "", "", "x-comment", "vti-routing", "overlapip");
        add(false, Effect.NOTED, YES_NO, "no vendor id but those of the extensions in use is sent", "send-vendorid", "fake-strongswan",
                "cisco-unity", "remote-peer-type");
        add(false, Effect.NOTED, YES_NO + ", auto", "packets are processed in this process, by no network card", "nic-offload");
        add(false, Effect.NOTED, YES_NO, "MOBIKE is not offered: a new address of this host begins anew, a NAT's new mapping is followed", "mobike");
        add(false, Effect.NOTED, YES, "what both sides have in common is always agreed upon", "narrowing");
        add(false, Effect.NOTED, YES, "a group that the peer asks for in a renewal is followed if it is configured", "ms-dh-downgrade", "pfs-rekey-workaround");
        add(false, Effect.NOTED, YES_NO, "IKE_INTERMEDIATE is used where ike= names additional key exchanges", "intermediate");
        add(false, Effect.NOTED, YES_NO, "this extension of IKEv2 is not spoken", "session-resumption", "send-redirect", "redirect-to", "accept-redirect",
                "accept-redirect-to", "send-supported-auth-methods", "reject-simultaneous-ike-auth",
                "send-esp-tfc-padding-not-supported", "iptfs-fragmentation", "iptfs-packet-size", "iptfs-max-queue-size", "iptfs-reorder-window",
                "iptfs-init-delay", "iptfs-drop-time");
        add(false, Effect.NOTED, "", "the identity must always be in the certificate, names are not looked up, and the certificates up to the root are sent",
                "require-id-on-certificate", "dns-match-id", "sendca");
        add(false, Effect.NOTED, "", "it matters to XAUTH and Mode Config only", "xauthby", "xauthfail", "share-lease", "ignore-peer-dns", "nm-configured");
        add(false, Effect.NOTED, "", "it matters to TCP encapsulation only", "tcp-remoteport");
        add(false, Effect.NOTED, "", "Torii's log has no such levels", "debug");
        add(false, Effect.NOTED, YES_NO, "IPComp is never offered and never accepted", "compress");
        add(false, Effect.NOTED, "", "it belongs to the kernel's IPsec, which is not used", "priority", "reqid", "nflog-group", "mark-in", "mark-out");
        add(false, Effect.NOTED, "none, drop, hold", "without an SA packets are dropped", "failureshunt", "negotiationshunt");
        add(false, Effect.NOTED, "", "connections have one name", "connalias");
        add(false, Effect.NOTED, "", "the address family follows from the addresses", "hostaddrfamily", "clientaddrfamily");
        add(false, Effect.NOTED, "rfc, both", "NAT detection is RFC 3947's, with nothing from the drafts before it", "nat-ikev1-method");
        add(false, Effect.NOTED, "yes, on, true, y, 1", "IKE messages are padded to the cipher's block", "ikepad");
        add(false, Effect.REFUSED, YES_NO, "two connections cannot share an interface: remove it, each has its own", "vti-shared");
        add(false, Effect.REFUSED, "tunnel", "only type=tunnel is supported: remove it", "type");
        add(false, Effect.REFUSED, YES_NO, "Aggressive Mode gives the hash of the secret away: remove it", "aggressive");
        add(false, Effect.REFUSED, "esp", "AH is not supported: remove it, ESP authenticates too", "phase2");
        add(false, Effect.REFUSED, "", "AH is not supported: use esp=", "ah");
        add(false, Effect.REFUSED, YES_NO, "TCP encapsulation is not supported: remove it", "enable-tcp");
        add(false, Effect.REFUSED, YES_NO, "IP-TFS is not supported: remove it", "iptfs");
        add(false, Effect.REFUSED, "0", "padding against traffic analysis is not supported: remove it", "tfc");
        add(false, Effect.REFUSED, YES_NO, "truncation to 96 bits is not supported: remove it", "sha2-truncbug");
        add(false, Effect.REFUSED, "", "security labels are not supported: remove it", "sec-label");
        add(false, Effect.REFUSED, "1", "write one conn for each tunnel instead", "clones");
        add(false, Effect.REFUSED, YES_NO, "PAM is not supported: remove it", "pam-authorize");
        add(false, Effect.REFUSED, "", "Mode Config is not supported: remove it", "modecfgpull", "modecfgdns", "modecfgdomains",
                "modecfgbanner", "cisco-split");

        alias("ipsec-lifetime", "keylife", "lifetime", "salifetime");
        alias("dpdtimeout", "ikev1-dpdtimeout");
        alias("phase2alg", "esp");
        alias("aggressive", "aggrmode");
        alias("encapsulation", "forceencaps");
        alias("nflog-group", "nflog");
        alias("sec-label", "policy-label");
        alias("remote-peer-type", "remote_peer_type");
        alias("send-esp-tfc-padding-not-supported", "send-no-esp-tfc");
        alias("x-comment", "x_comment");
        alias("dns-match-id", "dns-match-id,");

        setup(Effect.QUIET, "", "", "protostack", "uniqueids", "plutodebug", "virtual-private", "virtual_private", "nhelpers", "dumpdir", "nssdir", "ipsecdir",
                "rundir", "exampledir", "statsbin", "seedbits", "seeddev", "interfaces", "klipsdebug", "oe", "nat_traversal", "logip", "loglimit", "logtime",
                "logappend", "logstderr", "audit-log", "myvendorid", "crl-strict", "crl-timeout", "crlcheckinterval", "curl-iface", "curl-timeout",
                "dnssec-enable", "dnssec-rootkey-file", "dnssec-anchors", "dns-resolver", "drop-oppo-null", "expire-shunt-interval", "shuntlifetime",
                "expire-lifetime", "xfrmlifetime", "global-redirect", "global-redirect-to", "ike-socket-errqueue", "ike-socket-bufsize", "nflog-all",
                "ocsp-cache-max-age", "ocsp-cache-min-age", "ocsp-cache-size", "ocsp-enable", "ocsp-method", "ocsp-strict", "ocsp-timeout", "ocsp-trustname",
                "ocsp-uri", "seccomp", "ipsec-interface-managed", "ikev1-secctx-attr-type", "secctx-attr-type", "ddos-mode", "listen-udp", "syslog",
                "perpeerlog", "perpeerlogdir", "fragicmp", "hidetos", "plutofork", "force-keepalive", "force_keepalive", "strictcrlpolicy", "x-comment");
        setup(Effect.NOTED, "/dev/null", "Torii logs to standard error, which systemd keeps in the journal", "logfile", "plutostderrlog");
        setup(Effect.NOTED, "", "sockets are bound to the local addresses of the connections", "listen");
        setup(Effect.NOTED, "", "it is strongSwan's, and Torii has nothing like it", "charondebug", "charonstart", "cachecrls");
        setup(Effect.USED, "", "", "keep-alive");
        setup(Effect.NOTED, "", "half-open exchanges are bounded by Torii itself", "ddos-ike-threshold", "max-halfopen-ike");
        setup(Effect.NOTED, "accept", "IKEv1 is used by the connections that say ikev2=no, and by no others", "ikev1-policy");
        setup(Effect.REFUSED, YES_NO, "TCP encapsulation is not supported: remove it", "listen-tcp");
        setup(Effect.REFUSED, "/etc/ipsec.secrets", "secrets are in etc/ipsec.secrets and etc/ipsec.d/*.secrets: put an include there instead", "secretsfile");

        FOREIGN.put("margintime", "it is strongSwan's: write rekeymargin=");
        FOREIGN.put("closeaction", "it is strongSwan's: remove it, auto=start brings a closed tunnel up again");
        FOREIGN.put("installpolicy", "it is strongSwan's: remove it");
        FOREIGN.put("inactivity", "it is strongSwan's: remove it");
        FOREIGN.put("marginbytes", "it is strongSwan's: remove it");
        FOREIGN.put("leftfirewall", "it is strongSwan's: remove it, Torii leaves the firewall alone");
        FOREIGN.put("rightfirewall", "it is strongSwan's: remove it, Torii leaves the firewall alone");
        FOREIGN.put("leftsigkey", "it is strongSwan's: remove it");
        FOREIGN.put("rightsigkey", "it is strongSwan's: remove it");
        FOREIGN.put("strictcrlpolicy", "it belongs to config setup, and matters to certificates only: remove it");
        FOREIGN.put("uniqueids", "it belongs to config setup");
        FOREIGN.put("charondebug", "it is strongSwan's: remove it");
        FOREIGN.put("pfsgroup", "it is Openswan's: write the group behind the algorithms, phase2alg=aes_gcm256;modp1536");
        FOREIGN.put("virtual_private", "it belongs to config setup");
        FOREIGN.put("virtual-private", "it belongs to config setup");
        FOREIGN.put("plutodebug", "it belongs to config setup");
        FOREIGN.put("nat_traversal", "it belongs to config setup");
        FOREIGN.put("protostack", "it belongs to config setup");
    }

    private Keywords() {}

    private static void add(boolean sided, Effect effect, String harmless, String note, String... names) {
        for (String name : names) CONN.put((sided ? "*" : "") + name, new Keyword(name, sided, effect, words(harmless), note));
    }

    private static void setup(Effect effect, String harmless, String note, String... names) {
        for (String name : names) SETUP.put(name, new Keyword(name, false, effect, words(harmless), note));
    }

    private static void alias(String name, String... aliases) {
        for (String alias : aliases) ALIASES.put(alias, name);
    }

    private static Set<String> words(String list) { return list.isEmpty() ? Set.of() : Set.copyOf(List.of(list.split(", "))); }

    /** A keyword of a conn, by any of its names; case does not matter, as in Libreswan. */
    static Optional<Resolved> conn(String written) {
        String word = written.toLowerCase(Locale.ROOT);
        var plain = CONN.get(ALIASES.getOrDefault(word, word));
        if (plain != null && !plain.sided()) return Optional.of(new Resolved(plain, Optional.empty()));
        for (Side side : Side.values()) {
            if (!word.startsWith(side.word())) continue;
            String rest = word.substring(side.word().length());
            var sided = CONN.get("*" + (rest.equals("xauthusername") ? "username" : rest));
            if (sided != null) return Optional.of(new Resolved(sided, Optional.of(side)));
        }
        return Optional.empty();
    }

    /** A keyword of config setup. */
    static Optional<Keyword> setup(String written) { return Optional.ofNullable(SETUP.get(written.toLowerCase(Locale.ROOT))); }

    /** What to say of a word that is no keyword of a conn but is one elsewhere. */
    static Optional<String> elsewhere(String written) { return Optional.ofNullable(FOREIGN.get(written.toLowerCase(Locale.ROOT))); }

    /** All that may be written in a conn. */
    static Set<String> connWords() {
        var all = new TreeSet<>(ALIASES.keySet());
        CONN.values().forEach(keyword -> {
            if (!keyword.sided()) all.add(keyword.name());
            else for (Side side : Side.values()) all.add(side.word() + keyword.name());
        });
        all.remove("dns-match-id,");
        return all;
    }

    /** All that may be written in config setup. */
    static Set<String> setupWords() { return SETUP.keySet(); }
}
