package dev.torii.bgp;

import static dev.torii.bgp.Fixtures.CPE1;
import static dev.torii.bgp.Fixtures.CPE2;
import static dev.torii.bgp.Fixtures.HEAD1;
import static dev.torii.bgp.Fixtures.HEAD2;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.AsPath;
import dev.torii.bgp.wire.BgpMessage;
import dev.torii.bgp.wire.Iana;
import dev.torii.bgp.wire.NotificationMessage;
import dev.torii.bgp.wire.Octets;
import dev.torii.bgp.wire.PathAttribute;
import dev.torii.bgp.wire.Prefix;
import dev.torii.bgp.wire.UpdateMessage;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * RFC 7606, all of it: every one of the 256 attribute types with each kind of mistake goes into a living session, and what becomes of the routes and of the
 * session is compared with a table written from the RFC's section 7 (not from the code).
 */
class AttributeErrorsTest {
    private static final int LOCAL_AS = 65000, EXTERNAL_AS = 31898;
    private static final Prefix P = Prefix.parse("10.0.1.0/24");

    /** What the RFC wants. */
    enum Answer { ACCEPTED, DISCARDED, WITHDRAWN, RESET }

    /** What can be wrong. */
    enum Mistake { NONE, EMPTY, ONE_LESS, ONE_MORE, LENGTH_65535, WRONG_OPTIONAL, WRONG_TRANSITIVE, DUPLICATE, TRUNCATED }

    /** One row of the table: a good attribute, and what a wrong length of it leads to, at an external and at an internal peer. */
    private record Known(int type, int flags, String value, Answer external, Answer internal) {}

    private static final List<Known> TABLE = List.of(
            new Known(1, 0x40, "00", Answer.WITHDRAWN, Answer.WITHDRAWN),                                   // 7.1 ORIGIN
            new Known(2, 0x40, "02010000fde7", Answer.WITHDRAWN, Answer.WITHDRAWN),                         // 7.2 AS_PATH
            new Known(3, 0x40, "c0a8fe02", Answer.WITHDRAWN, Answer.WITHDRAWN),                             // 7.3 NEXT_HOP
            new Known(4, 0x80, "00000007", Answer.WITHDRAWN, Answer.WITHDRAWN),                             // 7.4 MULTI_EXIT_DISC
            new Known(5, 0x40, "00000064", Answer.DISCARDED, Answer.WITHDRAWN),                             // 7.5 LOCAL_PREF
            new Known(6, 0x40, "", Answer.DISCARDED, Answer.DISCARDED),                                     // 7.6 ATOMIC_AGGREGATE
            new Known(7, 0xC0, "0000fde8c0a80101", Answer.DISCARDED, Answer.DISCARDED),                     // 7.7 AGGREGATOR
            new Known(8, 0xC0, "fde80001fde80002", Answer.WITHDRAWN, Answer.WITHDRAWN),                     // 7.8 COMMUNITIES
            new Known(9, 0x80, "09080706", Answer.DISCARDED, Answer.WITHDRAWN),                             // 7.9 ORIGINATOR_ID
            new Known(10, 0x80, "0908070605040302", Answer.DISCARDED, Answer.WITHDRAWN),                    // 7.10 CLUSTER_LIST
            new Known(14, 0x80, "000101" + "04c0a8fe02" + "00" + "180a0005", Answer.RESET, Answer.RESET),   // 7.11 MP_REACH_NLRI, section 5.3
            new Known(15, 0x80, "000101" + "180a0006", Answer.RESET, Answer.RESET),                         // 7.12 MP_UNREACH_NLRI
            new Known(16, 0xC0, "0002fde800000001", Answer.WITHDRAWN, Answer.WITHDRAWN),                    // 7.14 extended communities
            new Known(17, 0xC0, "02010000fde8", Answer.DISCARDED, Answer.DISCARDED),
            // RFC 6793 section 6, 4.1: not in a four-octet session
            new Known(18, 0xC0, "0000fde8c0a80101", Answer.DISCARDED, Answer.DISCARDED),
            new Known(25, 0xC0, "00".repeat(20), Answer.WITHDRAWN, Answer.WITHDRAWN),                       // 7.15 IPv6 address specific extended communities
            new Known(32, 0xC0, "0000fde80000000100000002", Answer.WITHDRAWN, Answer.WITHDRAWN));           // RFC 8092 section 6

    private static Optional<Known> known(int type) { return TABLE.stream().filter(row -> row.type() == type).findFirst(); }

    /** What a wrong length of a known attribute leads to. */
    private static Answer expected(int type, Mistake mistake, boolean external) {
        var known = known(type);
        if (known.isEmpty())
            return switch (mistake) {
                case NONE, EMPTY, ONE_LESS, ONE_MORE, WRONG_TRANSITIVE -> Answer.ACCEPTED;                  // nothing is known about its value
                case DUPLICATE -> Answer.DISCARDED;                                                         // 3 g
                case WRONG_OPTIONAL, LENGTH_65535, TRUNCATED -> Answer.WITHDRAWN;                           // unrecognized well-known; section 4
            };
        var wrong = external ? known.get().external() : known.get().internal();
        boolean multiprotocol = wrong == Answer.RESET;
        return switch (mistake) {
            case WRONG_OPTIONAL, WRONG_TRANSITIVE -> Answer.WITHDRAWN;                                      // 3 c; the prefixes were found
            case DUPLICATE -> multiprotocol ? Answer.RESET : Answer.DISCARDED;                              // 3 g
            case LENGTH_65535, TRUNCATED -> multiprotocol ? Answer.RESET : Answer.WITHDRAWN;                // section 4; 3 j
            case NONE -> type == 17 || type == 18 || external && List.of(5, 9, 10).contains(type) ? Answer.DISCARDED : Answer.ACCEPTED;
            case EMPTY -> type == 2 || type == 6 ? Answer.ACCEPTED : wrong;                                 // an empty AS_PATH is a path
            case ONE_LESS, ONE_MORE -> wrong;
        };
    }

    /** The bytes of the attribute with the mistake in it. */
    private static String attribute(int type, Mistake mistake) {
        int flags = known(type).map(Known::flags).orElse(0xC0);
        String value = known(type).map(Known::value).orElse("0102030405");
        String good = String.format("%02x%02x%02x", flags, type, value.length() / 2) + value;
        return switch (mistake) {
            case NONE -> good;
            case EMPTY -> String.format("%02x%02x00", flags, type);
            case ONE_LESS -> String.format("%02x%02x%02x", flags, type, value.length() / 2 - 1) + value.substring(0, value.length() - 2);
            case ONE_MORE -> String.format("%02x%02x%02x", flags, type, value.length() / 2 + 1) + value + "ff";
            case LENGTH_65535 -> String.format("%02x%02xffff", flags | 0x10, type) + value;
            case WRONG_OPTIONAL -> String.format("%02x", flags ^ 0x80) + good.substring(2);
            case WRONG_TRANSITIVE -> String.format("%02x", flags ^ 0x40) + good.substring(2);
            case DUPLICATE -> good + good;
            case TRUNCATED -> value.isEmpty() ? good.substring(0, 4) : good.substring(0, good.length() - 2);
        };
    }

    /** An UPDATE for P with what is mandatory and, last of all, this. */
    private static ByteBuffer update(int type, String attribute, boolean external) {
        var attributes = new StringBuilder();
        if (type != 1) attributes.append("40010100");
        if (type != 2) attributes.append("400206" + "02010000").append(external ? "7c9a" : "fde9");
        if (type != 3) attributes.append("400304c0a8fe02");
        if (!external && type != 5) attributes.append("40050400000064");
        attributes.append(attribute);
        var nlri = "180a0001";
        int length = 19 + 4 + attributes.length() / 2 + nlri.length() / 2;
        return Octets.parseHex("ff".repeat(16) + String.format("%04x02", length) + "0000" + String.format("%04x", attributes.length() / 2) + attributes + nlri)
                .toBuffer();
    }

    private static Played played(boolean external) {
        return new Played(Fixtures.open(LOCAL_AS, CPE1, HEAD1, external ? EXTERNAL_AS : LOCAL_AS).peer(PeerConfig.builder(HEAD2, 64999).build()).build());
    }

    private static Played.Peer establish(Played played, boolean external) { return played.establish(HEAD1, CPE1, external ? EXTERNAL_AS : LOCAL_AS); }

    @Test void everyAttributeTypeWithEveryMistakeIsAnsweredAsTheRfcSays() {
        for (boolean external : new boolean[] {true, false}) {
            var played = played(external);
            var peer = establish(played, external);
            for (int type = 0; type < 256; type++)
                for (Mistake mistake : Mistake.values()) {
                    if (mistake == Mistake.ONE_LESS && known(type).filter(row -> row.value().isEmpty()).isPresent()) continue;
                    var what = "type " + type + " " + mistake + (external ? " external" : " internal");
                    peer.say(new UpdateMessage(List.of(), good(external), List.of(P)));                     // so that "withdrawn" shows
                    assertTrue(played.kernel.containsKey(P), what);
                    played.events.clear();
                    peer.say(update(type, attribute(type, mistake), external));
                    assertEquals(expected(type, mistake, external), answer(played, peer), what);
                    if (!peer.established()) {
                        assertEquals(Iana.UPDATE_ERROR, peer.notification().code(), what);
                        played = played(external);
                        peer = establish(played, external);
                    }
                }
        }
    }

    private static List<PathAttribute> good(boolean external) {
        var attributes = new ArrayList<PathAttribute>(List.of(PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(31898, 9)),
                new PathAttribute.NextHop(HEAD1)));
        if (!external) attributes.add(new PathAttribute.LocalPref(50));
        return attributes;
    }

    private static Answer answer(Played played, Played.Peer peer) {
        if (!peer.established()) return Answer.RESET;
        if (!played.kernel.containsKey(P)) return Answer.WITHDRAWN;
        assertTrue(peer.sent.stream().noneMatch(message -> message instanceof NotificationMessage));
        boolean discarded = played.events.stream()
                .anyMatch(event -> event instanceof PeerEvent.MalformedUpdate malformed && malformed.text().startsWith("attribute discarded"));
        assertEquals(discarded ? 1 : 0, played.events.size(), played.events::toString);
        return discarded ? Answer.DISCARDED : Answer.ACCEPTED;
    }

    @Test void unknownAttributesArePassedOnWithThePartialBitOrEndHere() {
        for (boolean external : new boolean[] {true, false}) {
            var played = played(external);
            var peer = establish(played, external);
            var next = played.establish(HEAD2, CPE2, 64999);
            for (int type = 0; type < 256; type++) {
                if (known(type).isPresent() && type != 25) continue;
                peer.say(update(type, attribute(type, Mistake.NONE), external));
                int wanted = type;
                var passed = next.told(P.toString()).orElseThrow().stream().filter(attribute -> attribute.type() == wanted).toList();
                assertEquals(1, passed.size(), "type " + type);
                assertEquals(0xE0, ((PathAttribute.UnknownAttribute) passed.getFirst()).flags(), "type " + type);
                if (type == 25) continue;
                assertEquals(Octets.parseHex("0102030405"), ((PathAttribute.UnknownAttribute) passed.getFirst()).value());
                peer.say(update(type, attribute(type, Mistake.WRONG_TRANSITIVE), external));
                assertTrue(next.told(P.toString()).orElseThrow().stream().noneMatch(attribute -> attribute.type() == wanted),
                        "type " + type + " is not transitive");
            }
        }
    }

    @Test void whatIsMeantForOneAsOnlyEndsAtItsBorder() {
        var played = played(false);
        var peer = establish(played, false);
        var next = played.establish(HEAD2, CPE2, 64999);
        for (int type : new int[] {9, 10}) {
            peer.say(update(type, attribute(type, Mistake.NONE), false));
            int wanted = type;
            assertTrue(next.told(P.toString()).orElseThrow().stream()
                    .noneMatch(attribute -> attribute.type() == wanted || attribute.type() == Iana.ATTR_LOCAL_PREF));
        }
    }

    /** RFC 4456 section 8. */
    @Test void aRouteThatComesBackFromAReflectorIsNotTaken() {
        var played = played(false);
        var peer = establish(played, false);
        var ours = Octets.of(CPE1.getAddress()).toString();
        peer.say(update(9, "800904" + ours, false));
        assertTrue(played.kernel.isEmpty());
        peer.say(update(9, "800904" + "01010101", false));
        assertTrue(played.kernel.containsKey(P));
    }

    /** Section 4: the other attributes and the prefixes behind the broken one are still of use. */
    @Test void prefixesOfBothPlacesAreWithdrawnTogether() {
        var played = played(true);
        var peer = establish(played, true);
        var reach = new PathAttribute.MpReach(AddressFamily.IPV4_UNICAST, HEAD1, List.of(Prefix.parse("10.0.5.0/24")));
        var attributes = new ArrayList<>(good(true));
        attributes.add(reach);
        peer.say(new UpdateMessage(List.of(), attributes, List.of(P)));
        assertEquals(2, played.kernel.size());
        peer.say(update(14, attribute(14, Mistake.WRONG_TRANSITIVE), true));
        assertEquals(0, played.kernel.size());
        assertTrue(peer.established());
    }

    @Test void aPeerThatSendsNothingButMistakesDoesNotStopAnother() {
        var played = played(true);
        InetAddress other = HEAD2;
        var bad = establish(played, true);
        var good = played.establish(other, CPE2, 64999);
        for (int type = 0; type < 256; type++) bad.say(update(type, attribute(type, Mistake.WRONG_OPTIONAL), true));
        good.announce("10.9.0.0/16", PathAttribute.Origin.IGP, new PathAttribute.AsPathAttribute(AsPath.sequence(64999)), new PathAttribute.NextHop(other));
        assertEquals(List.of(Prefix.parse("10.9.0.0/16")), List.copyOf(played.kernel.keySet()));
        good.say(new BgpMessage.Keepalive());
        assertTrue(good.established());
        assertTrue(bad.established());
    }
}
