package dev.torii.bgp.wire;

/** How an error in the path attributes is handled, RFC 7606 section 2: weakest first. */
public sealed interface AttributeOutcome {
    /** Nothing wrong. */
    record Ok() implements AttributeOutcome {}

    /** The attribute is left out, the routes are good. */
    record Discard(String why) implements AttributeOutcome {}

    /** The routes of the UPDATE are handled as if withdrawn. */
    record TreatAsWithdraw(String why) implements AttributeOutcome {}

    /** The session ends with this NOTIFICATION. */
    record SessionReset(int subcode, Octets data, String why) implements AttributeOutcome {}

    AttributeOutcome OK = new Ok();

    /** The stronger of two; the earlier one if they are equal. */
    default AttributeOutcome and(AttributeOutcome later) { return later.severity() > severity() ? later : this; }

    private int severity() {
        return switch (this) {
            case Ok ok -> 0;
            case Discard discard -> 1;
            case TreatAsWithdraw withdraw -> 2;
            case SessionReset reset -> 3;
        };
    }
}
