package dev.torii.bgp.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.torii.bgp.wire.Prefix;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefixMapTest {
    /** A tiny key space, so that runs collide, wrap and are taken apart all the time. */
    @Test void itDoesWhatAHashMapDoes() {
        for (long seed = 1; seed <= 20; seed++) {
            var random = new Random(seed);
            var map = new PrefixMap<Integer>();
            Map<Prefix, Integer> model = new HashMap<>();
            int space = 1 << 4 + random.nextInt(8);
            for (int i = 0; i < 20_000; i++) {
                int n = random.nextInt(space);
                var key = n % 17 == 0 ? new Prefix(true, (long) n << 40, n, 128) : Prefix.ipv4(n << 20, 8 + n % 25);
                if (random.nextInt(5) < (i / 3000 % 2 == 0 ? 3 : 2)) assertEquals(model.put(key, i), map.put(key, i), "seed " + seed);
                else assertEquals(model.remove(key), map.remove(key), "seed " + seed);
                assertEquals(model.size(), map.size());
                assertEquals(model.get(key), map.get(key));
            }
            var seen = new HashMap<Prefix, Integer>();
            map.forEach(seen::put);
            assertEquals(model, seen, "seed " + seed);
            map.clear();
            assertEquals(0, map.size());
        }
    }
}
