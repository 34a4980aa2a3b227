package dev.torii.ike.v1;

import dev.torii.ike.wire.Attribute;
import dev.torii.ike.wire.Transform;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongFunction;

/** Says in words where an offered transform is not what we want. */
final class Differences {
    private static final int SHOWN = 4;

    private Differences() {
    }

    static void compare(List<String> found, String what, Optional<Long> offered, long ours, LongFunction<String> name) {
        if (offered.isEmpty()) {
            found.add("no " + what + ", we want " + name.apply(ours));
        } else if (offered.get() != ours) {
            found.add(what + " " + name.apply(offered.get()) + ", we want " + name.apply(ours));
        }
    }

    /** Attributes that we do not know, and those that are said twice, which only a lifetime may be (RFC 2407, section 4.5). */
    static void unknown(List<String> found, Transform transform, List<Integer> known, List<Integer> repeatable) {
        var seen = new HashSet<Integer>();
        for (Attribute attribute : transform.attributes()) {
            if (!known.contains(attribute.type())) {
                found.add("attribute " + attribute.type());
            } else if (!seen.add(attribute.type()) && !repeatable.contains(attribute.type())) {
                found.add("attribute " + attribute.type() + " twice");
            }
        }
    }

    /** The closest miss. */
    static String fewest(List<List<String>> candidates) {
        return candidates.stream().min(Comparator.comparingInt(List::size)).map(list -> String.join(" and ", list)).orElse("nothing");
    }

    static String joined(List<String> causes) {
        if (causes.isEmpty()) {
            return "nothing was offered";
        }
        String shown = String.join("; ", causes.subList(0, Math.min(SHOWN, causes.size())));
        return causes.size() > SHOWN ? shown + "; and " + (causes.size() - SHOWN) + " more" : shown;
    }
}
