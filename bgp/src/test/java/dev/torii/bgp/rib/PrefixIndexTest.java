package dev.torii.bgp.rib;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.torii.bgp.wire.Prefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrefixIndexTest {
    /** A tiny key space, so that runs collide, wrap and are taken apart all the time. */
    @Test void anIdIsAPrefixsOwnForAsLongAsSomebodyHoldsIt() {
        for (long seed = 1; seed <= 20; seed++) {
            var random = new Random(seed);
            var index = new PrefixIndex();
            Map<Prefix, Integer> ids = new HashMap<>();
            Map<Prefix, Integer> holders = new HashMap<>();
            int space = 1 << 4 + random.nextInt(8);
            for (int i = 0; i < 20_000; i++) {
                int n = random.nextInt(space);
                var prefix = n % 17 == 0 ? new Prefix(true, (long) n << 40, n, 128) : Prefix.ipv4(n << 20, 8 + n % 25);
                assertEquals(ids.getOrDefault(prefix, PrefixIndex.NONE), index.find(prefix), "seed " + seed);
                if (random.nextInt(5) < (i / 3000 % 2 == 0 ? 3 : 2)) {
                    int id = index.hold(prefix);
                    assertTrue(id < index.bound());
                    assertEquals(prefix, index.prefix(id), "seed " + seed);
                    if (ids.containsKey(prefix)) assertEquals(ids.get(prefix), id, "seed " + seed);
                    else assertFalse(ids.containsValue(id), "seed " + seed);
                    ids.put(prefix, id);
                    holders.merge(prefix, 1, Integer::sum);
                } else if (ids.containsKey(prefix)) {
                    index.release(ids.get(prefix));
                    if (holders.merge(prefix, -1, Integer::sum) == 0) ids.remove(prefix);
                }
                assertEquals(ids.size(), index.size(), "seed " + seed);
            }
            ids.forEach((prefix, id) -> assertEquals(prefix, index.prefix(id)));
        }
    }

    @Test void thePlaceOfAPrefixThatIsGoneIsUsedAgain() {
        var index = new PrefixIndex();
        index.hold(Prefix.ipv4(0, 0));
        for (int i = 0; i < 100_000; i++) index.release(index.hold(Prefix.ipv4(i << 8, 24)));
        assertEquals(1, index.size());
        assertTrue(index.bound() <= 2, () -> "bound " + index.bound());
    }

    @Test void aQueueGivesEachIdOnceInTheOrderTheyCame() {
        var index = new PrefixIndex();
        var queue = new IdQueue(index);
        var random = new Random(3);
        List<Integer> model = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            if (random.nextInt(100) < (i / 5000 % 2 == 0 ? 70 : 30)) {
                int id = index.hold(Prefix.ipv4(random.nextInt(5000) << 8, 24));
                if (!model.contains(id)) model.add(id);
                queue.add(id);
                index.release(id);
            } else if (!queue.isEmpty()) {
                int id = queue.poll();
                assertEquals(model.removeFirst(), id);
                index.release(id);
            }
            assertEquals(model.size(), queue.size());
            assertEquals(model.size(), index.size(), "held while they wait, and by nobody else");
        }
        queue.clear();
        assertEquals(0, index.size());
    }

    @Test void mapsAndSetsByIdDoWhatOthersDo() {
        var map = new IdMap<String>();
        var set = new IdSet();
        Map<Integer, String> model = new HashMap<>();
        var random = new Random(4);
        for (int i = 0; i < 50_000; i++) {
            int id = random.nextInt(5000);
            if (random.nextInt(100) < (i / 5000 % 2 == 0 ? 80 : 20)) {
                assertEquals(model.put(id, "v" + i), map.put(id, "v" + i));
                set.add(id);
            } else {
                boolean there = model.remove(id) != null;
                assertEquals(there, map.remove(id) != null);
                assertEquals(there, set.remove(id));
            }
            assertEquals(model.get(id), map.get(id));
            assertEquals(model.containsKey(id), set.contains(id));
            assertEquals(model.size(), map.size());
            assertEquals(model.size(), set.size());
        }
        var seen = new HashMap<Integer, String>();
        map.forEach(seen::put);
        assertEquals(model, seen);
        var ids = new ArrayList<Integer>();
        set.forEach(ids::add);
        assertEquals(model.keySet().stream().sorted().toList(), ids);
    }
}
