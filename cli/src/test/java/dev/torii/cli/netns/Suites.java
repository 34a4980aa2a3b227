package dev.torii.cli.netns;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The proposals that Torii and strongSwan both have, so combined that each part occurs with each version of IKE. */
final class Suites {
    private static final List<Integer> KEYS = List.of(128, 192, 256);
    private static final List<Hash> HASHES = List.of(new Hash("sha1", "sha1", "SHA1", "SHA1_96"), new Hash("sha2_256", "sha256", "SHA2_256", "SHA2_256_128"),
            new Hash("sha2_384", "sha384", "SHA2_384", "SHA2_384_192"), new Hash("sha2_512", "sha512", "SHA2_512", "SHA2_512_256"));
    private static final List<Group> GROUPS = List.of(new Group("dh2", "modp1024", "MODP_1024"), new Group("dh5", "modp1536", "MODP_1536"),
            new Group("dh14", "modp2048", "MODP_2048"), new Group("dh15", "modp3072", "MODP_3072"), new Group("dh16", "modp4096", "MODP_4096"),
            new Group("dh17", "modp6144", "MODP_6144"), new Group("dh18", "modp8192", "MODP_8192"), new Group("dh19", "ecp256", "ECP_256"),
            new Group("dh20", "ecp384", "ECP_384"), new Group("dh21", "ecp521", "ECP_521"), new Group("dh24", "modp2048s256", "MODP_2048_256"),
            new Group("dh31", "curve25519", "CURVE_25519"));
    private static final Group QUICK = GROUPS.get(7);

    private Suites() {}

    private record Hash(String ours, String peers, String prf, String integrity) {}

    private record Group(String ours, String peers, String agreed) {}

    /** One side of a suite: how we write it, how strongSwan does, and what strongSwan calls the result. */
    private record Words(String ours, String peers, String agreed) {
        Words with(Group group) {
            return new Words(ours + ";" + group.ours(), peers + "-" + group.peers(), agreed + "/" + group.agreed());
        }
    }

    /**
     * What one connection speaks.
     *
     * @param child without its group
     * @param group the child's, if there is PFS
     */
    record Suite(int version, Words phase1, Words child, Optional<Group> group) {
        String ike() {
            return phase1.ours();
        }

        String peerIke() {
            return phase1.peers();
        }

        String agreedIke() {
            return phase1.agreed();
        }

        private Words phase2() {
            return group.map(child::with).orElse(child);
        }

        String esp() {
            return phase2().ours();
        }

        String peerEsp() {
            return phase2().peers();
        }

        boolean pfs() {
            return group.isPresent();
        }

        /** Whether strongSwan lists this child. IKEv2's first one has no group of its own. */
        boolean childIn(String listed, boolean renewed) {
            var wanted = "ESP:" + (version == 1 || renewed ? phase2() : child).agreed() + "\n";
            return listed.lines().anyMatch(line -> line.contains("INSTALLED") && (line + "\n").contains(wanted));
        }

        @Override
        public String toString() {
            return "IKEv" + version + " " + agreedIke() + ", ESP:" + phase2().agreed();
        }
    }

    /** All of them. */
    static List<Suite> all() {
        var suites = new ArrayList<Suite>();
        for (int version = 1; version <= 2; version++) {
            for (int i = 0; i < KEYS.size() * HASHES.size(); i++) {     // keys and hashes, in phase 2 shifted against phase 1
                var ike = ikeCbc(KEYS.get(i % 3), HASHES.get(i % 4)).with(QUICK);
                suites.add(new Suite(version, ike, espCbc(KEYS.get((i + 1) % 3), HASHES.get((i + 2) % 4)), Optional.of(QUICK)));
            }
            for (int i = 0; i < GROUPS.size(); i++) {                   // groups, and combined ciphers with either ICV
                var ike = ikeCbc(256, HASHES.get(1)).with(GROUPS.get(i));
                suites.add(new Suite(version, ike, espGcm(KEYS.get(i % 3), i % 2 == 0 ? 16 : 12), Optional.of(GROUPS.get(i))));
            }
            suites.add(new Suite(version, ikeCbc(128, HASHES.get(1)).with(QUICK), espGcm(256, 16), Optional.empty()));
            suites.add(new Suite(version, ikeCbc(128, HASHES.get(1)).with(QUICK), espCbc(128, HASHES.get(1)), Optional.empty()));
        }
        for (int i = 0; i < KEYS.size(); i++) {
            suites.add(new Suite(2, ikeGcm(KEYS.get(i), HASHES.get(i + 1)).with(QUICK), espGcm(KEYS.get(i), 16), Optional.of(QUICK)));
        }
        var chacha = new Words("chacha20_poly1305", "chacha20poly1305", "CHACHA20_POLY1305");
        suites.add(new Suite(2, ikeGcm(256, HASHES.get(2)).with(GROUPS.get(11)), chacha, Optional.of(GROUPS.get(11))));
        suites.add(new Suite(2, ikeGcm(256, HASHES.get(2)).with(QUICK), chacha, Optional.empty()));
        return List.copyOf(suites);
    }

    private static Words ikeCbc(int key, Hash hash) {
        return new Words("aes" + key + "-" + hash.ours(), "aes" + key + "-" + hash.peers(),
                "AES_CBC-" + key + "/HMAC_" + hash.integrity() + "/PRF_HMAC_" + hash.prf());
    }

    private static Words ikeGcm(int key, Hash hash) {
        return new Words("aes_gcm" + key + "-" + hash.ours(), "aes" + key + "gcm16-prf" + hash.peers(), "AES_GCM_16-" + key + "/PRF_HMAC_" + hash.prf());
    }

    private static Words espCbc(int key, Hash hash) {
        return new Words("aes" + key + "-" + hash.ours(), "aes" + key + "-" + hash.peers(), "AES_CBC-" + key + "/HMAC_" + hash.integrity());
    }

    private static Words espGcm(int key, int icv) {
        return new Words("aes_gcm_" + (icv == 16 ? "c" : "b") + "_" + key, "aes" + key + "gcm" + icv, "AES_GCM_" + icv + "-" + key);
    }
}
