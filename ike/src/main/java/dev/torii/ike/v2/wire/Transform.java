package dev.torii.ike.v2.wire;

import dev.torii.ike.wire.Attribute;
import java.util.List;

/**
 * A transform (RFC 7296, section 3.3.2).
 *
 * @param type see the constants
 * @param id in the type's registry
 * @param attributes the key length, and nothing else that is known
 */
public record Transform(int type, int id, List<Attribute> attributes) {
    /** Encryption. */
    public static final int ENCR = 1;
    /** Pseudo-random function. */
    public static final int PRF = 2;
    /** Integrity. */
    public static final int INTEG = 3;
    /** Diffie-Hellman group. */
    public static final int DH = 4;
    /** Extended sequence numbers. */
    public static final int ESN = 5;
    /** The first of seven types for additional key exchanges (RFC 9370, section 4); their ids are those of {@link #DH}. */
    public static final int FIRST_ADDITIONAL = 6;
    /** The last of them. */
    public static final int LAST_ADDITIONAL = 12;
    /** Id of no integrity, no group, no extended sequence numbers. */
    public static final int NONE = 0;
    private static final int KEY_LENGTH = 14;

    /** Copies the list. */
    public Transform {
        attributes = List.copyOf(attributes);
    }

    /** Without attributes. */
    public static Transform of(int type, int id) {
        return new Transform(type, id, List.of());
    }

    /** A cipher with its key length; without the attribute where the algorithm has one size only. */
    public static Transform cipher(int id, int keyBits, boolean variable) {
        return new Transform(ENCR, id, variable ? List.of(Attribute.of(KEY_LENGTH, keyBits)) : List.of());
    }

    @Override
    public String toString() {
        String name = switch (type) {
            case ENCR -> "ENCR ";
            case PRF -> "PRF ";
            case INTEG -> "INTEG ";
            case DH -> "DH ";
            case ESN -> "ESN ";
            default -> type >= FIRST_ADDITIONAL && type <= LAST_ADDITIONAL ? "ADDKE" + (type - FIRST_ADDITIONAL + 1) + " "
                    : "type " + type + " ";         // an open registry
        };
        StringBuilder text = new StringBuilder(name).append(id);
        attributes.forEach(attribute -> text.append(attribute.type() == KEY_LENGTH ? "/" : "?").append(attribute.number()));
        return text.toString();
    }
}
