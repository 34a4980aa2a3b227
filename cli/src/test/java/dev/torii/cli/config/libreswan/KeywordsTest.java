package dev.torii.cli.config.libreswan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real configurations of site-to-site gateways say, in Libreswan's and in strongSwan's dialect. */
class KeywordsTest {
    @ParameterizedTest
    @ValueSource(strings = {"left", "right", "leftsubnet", "rightsubnet", "auto", "ikelifetime", "ike", "leftid", "dpdaction", "keyexchange",
        "authby", "type", "dpddelay", "esp", "dpdtimeout", "rightid", "mark", "lifetime", "keyingtries", "leftupdown", "compress", "rekey",
        "leftauth", "rightauth", "mobike", "keylife", "installpolicy", "aggressive", "closeaction", "reauth", "ikev2", "fragmentation", "pfs",
        "leftcert", "rekeymargin", "phase2alg", "salifetime", "vti-interface", "encapsulation", "leftnexthop", "vti-routing", "leftvti", "reqid",
        "narrowing", "leftsourceip", "rightcert", "leftsendcert", "retransmit-timeout", "retransmit-interval", "phase2", "forceencaps", "margintime",
        "rekeyfuzz", "overlapip", "vti-shared", "rightvti", "nat-keepalive", "initial-contact", "leftxauthclient", "leftmodecfgclient", "aggrmode",
        "esn"})
    void aWordOfAConnIsKnownOrExplained(String word) {
        assertTrue(Keywords.conn(word).isPresent() || Keywords.elsewhere(word).isPresent(), word);
    }

    @ParameterizedTest
    @ValueSource(strings = {"uniqueids", "strictcrlpolicy", "charondebug", "plutodebug", "logfile", "plutostderrlog", "protostack", "nat_traversal",
        "virtual_private", "oe", "interfaces", "nhelpers", "ikev1-policy", "listen", "dumpdir"})
    void aWordOfConfigSetupIsKnown(String word) {
        assertTrue(Keywords.setup(word).isPresent(), word);
    }

    @Test
    void whatWouldChangeTheTunnelIsRefusedAndNeverPassedOver() {
        for (String word : new String[] {"aggressive", "aggrmode", "leftxauthclient", "rightxauthserver", "leftmodecfgclient", "modecfgpull", "leftaddresspool",
                "type", "ah", "leftautheap"}) {
            assertEquals(Keywords.Effect.REFUSED, Keywords.conn(word).orElseThrow().keyword().effect(), word);
        }
    }
}
