package dev.torii.ike.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.ike.Octets;
import dev.torii.ike.sim.SimCrypto;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HalfOpensTest {
    private static final InetAddress PEER = address(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final byte[] PART = {1, 2, 3};

    private final HalfOpens halfOpens = new HalfOpens(new SimCrypto(1));
    private final HalfOpens.Places places = halfOpens.places();

    private static InetAddress address(int number) {
        try {
            return InetAddress.getByAddress(new byte[] {10, (byte) (number >> 16), (byte) (number >> 8), (byte) number});
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private List<HalfOpens.Place> fill(InetAddress source, boolean proven) {
        var taken = new ArrayList<HalfOpens.Place>();
        Optional<HalfOpens.Place> place = places.take(source, proven);
        while (place.isPresent()) {
            taken.add(place.get());
            place = places.take(source, proven);
        }
        return taken;
    }

    @Test
    void anAddressHasFivePlacesAndOneForEachConnectionThatNamesIt() {
        assertEquals(5, fill(PEER, false).size());
        halfOpens.name(PEER);
        halfOpens.name(PEER);
        assertEquals(2, fill(PEER, false).size());
        halfOpens.unname(PEER);
        assertEquals(0, fill(PEER, false).size());
        assertEquals(7, halfOpens.total());
    }

    @Test
    void whoProvedTheAddressDoesNotCompeteWithWhoDidNot() {
        assertEquals(5, fill(PEER, false).size());
        assertEquals(5, fill(PEER, true).size());
    }

    @Test
    void strangersShareABoundedNumberAndANamedPeerNeedsNoneOfThem() {
        for (int number = 2; number < 1000; number++) {
            fill(address(number), false);
        }
        assertEquals(HalfOpens.OF_STRANGERS, halfOpens.total());
        assertEquals(0, fill(PEER, false).size());
        halfOpens.name(PEER);
        assertEquals(6, fill(PEER, false).size());
    }

    @Test
    void whatIsFreedCountsOnceAndIsFreeAgain() {
        List<HalfOpens.Place> taken = fill(PEER, false);
        taken.get(0).free();
        taken.get(0).free();
        assertEquals(4, halfOpens.total());
        assertEquals(1, fill(PEER, false).size());
        places.freeAll();
        assertEquals(0, halfOpens.total());
        assertEquals(5, fill(PEER, false).size());
    }

    @Test
    void anotherSessionsPlacesStay() {
        fill(PEER, false);
        halfOpens.places().freeAll();
        assertEquals(5, halfOpens.total());
    }

    @Test
    void aCookieIsWantedFromThirtyOnAndBeforeFromACrowdedAddress() {
        fill(PEER, false);
        assertTrue(halfOpens.cookieWanted(PEER));
        assertFalse(halfOpens.cookieWanted(address(2)));
        for (int number = 2; number <= 6; number++) {
            fill(address(number), false);
        }
        assertEquals(HalfOpens.COOKIES_FROM, halfOpens.total());
        assertTrue(halfOpens.cookieWanted(address(99)));
    }

    /** Else a peer that was asked could be answered twice: for its message with the cookie, and for a repetition of the one without. */
    @Test
    void whoeverWasAskedForACookieIsNotAnsweredWithoutOneBecauseTheCrowdIsGone() {
        var taken = new ArrayList<HalfOpens.Place>();
        for (int number = 1; number <= 6; number++) {
            taken.addAll(fill(address(number), false));
        }
        assertTrue(halfOpens.cookieWanted(address(99)));
        while (halfOpens.total() > 5) {
            taken.removeLast().free();
            assertTrue(halfOpens.cookieWanted(address(99)), () -> "with " + halfOpens.total());
        }
        taken.removeLast().free();
        assertFalse(halfOpens.cookieWanted(address(99)));
    }

    @Test
    void aPeerThatTakesItsTimeMayDoSoUnlessOthersWait() {
        HalfOpens.Place alone = places.take(PEER, false).orElseThrow();
        assertEquals(MINUTE, total(alone, false));
        HalfOpens.Place one = fill(PEER, false).get(0);
        assertEquals(Duration.ofSeconds(5), total(one, false));
        HalfOpens.Place other = fill(PEER, true).get(0);
        assertEquals(MINUTE, total(other, true), "it went on");
    }

    private static Duration total(HalfOpens.Place place, boolean wentOn) {
        Duration total = Duration.ZERO;
        for (Optional<Duration> more = place.stay(MINUTE, wentOn); more.isPresent(); more = place.stay(MINUTE, wentOn)) {
            total = total.plus(more.get());
        }
        return total;
    }

    @Test
    void aCookieIsGoodUntilTheSecretHasChangedTwice() {
        CookieSecret secret = halfOpens.cookieSecret();
        Octets cookie = secret.cookie(PART);
        assertTrue(secret.made(cookie, PART));
        assertEquals(cookie, secret.cookie(PART), "nothing is kept of it");
        secret.change();
        assertTrue(secret.made(cookie, PART));
        assertNotEquals(cookie, secret.cookie(PART));
        secret.change();
        assertFalse(secret.made(cookie, PART));
        for (int changes = 2; changes < 256; changes++) {
            secret.change();
        }
        assertFalse(secret.made(cookie, PART), "the number comes again, the secret does not");
    }

    @Test
    void aCookieForOthersOrNoneIsNoCookie() {
        CookieSecret secret = halfOpens.cookieSecret();
        Octets cookie = secret.cookie(PART);
        assertFalse(secret.made(cookie, new byte[] {1, 2, 4}));
        assertFalse(secret.made(Octets.EMPTY, PART));
        assertFalse(secret.made(cookie.slice(0, cookie.length() - 1), PART));
        byte[] forged = cookie.toByteArray();
        forged[forged.length - 1] ^= 1;
        assertFalse(secret.made(Octets.of(forged), PART));
    }

    @Test
    void beforeTheFirstCookieNoneIsGood() {
        assertFalse(halfOpens.cookieSecret().made(Octets.of(new byte[33]), PART));
    }
}
