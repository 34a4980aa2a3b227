package dev.torii.ike.sim;

import dev.torii.ike.Effect;
import dev.torii.ike.Event;
import dev.torii.ike.Octets;
import dev.torii.ike.wire.IkeHeader;
import dev.torii.ike.wire.MalformedMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What happened in a simulation, in virtual time. Written out only when somebody wants to read it. */
final class History {
    private static final int SHOWN = 3000;

    private final List<Line> lines = new ArrayList<>();

    private record Line(long at, String side, Object what) {
    }

    /**
     * A datagram on its way.
     *
     * @param number tells it from others
     * @param arrivals when its copies arrive, in nanoseconds; none if the link loses it
     */
    record Sent(int number, String to, Octets message, List<Long> arrivals) {
        @Override
        public String toString() {
            String fate = arrivals.isEmpty() ? "LOST" : arrivals.stream().map(at -> String.format("%.3f", at / 1e9))
                    .collect(Collectors.joining(", ", "arrives ", ""));
            return "  sends #" + number + " " + name(message) + " to " + to + ": " + fate;
        }
    }

    void add(long at, String side, Object what) {
        lines.add(new Line(at, side, what));
    }

    String text() {
        int from = Math.max(0, lines.size() - SHOWN);
        return (from > 0 ? "(" + from + " lines before)\n" : "") + lines.subList(from, lines.size()).stream()
                .map(line -> String.format("%10.3f %-5s %s", line.at() / 1e9, line.side(), text(line.what()))).collect(Collectors.joining("\n"));
    }

    private static String text(Object what) {
        return switch (what) {
            case Event.Expired(var timer) -> "timer " + timer.kind() + " " + timer.id();
            case Event event -> event.toString();
            case Effect effect -> "  " + effect;
            default -> what.toString();
        };
    }

    /** What the header tells. */
    static String name(Octets message) {
        try {
            IkeHeader header = IkeHeader.peek(message);
            String kind = header.majorVersion() == 2 ? (header.response() ? "response " : "request ") + header.messageId()
                    : header.messageId() == 0 ? "" : String.format("%08x", header.messageId());
            return exchange(header.exchange()) + " " + kind + " of " + header.initiator() + "/" + header.responder() + " (" + message.length() + " bytes)";
        } catch (MalformedMessageException runt) {
            return "runt of " + message.length() + " bytes";
        }
    }

    private static String exchange(int type) {
        return switch (type) {
            case 2 -> "Main Mode";
            case 5 -> "Informational";
            case 32 -> "Quick Mode";
            case 34 -> "IKE_SA_INIT";
            case 35 -> "IKE_AUTH";
            case 36 -> "CREATE_CHILD_SA";
            case 37 -> "INFORMATIONAL";
            case 43 -> "IKE_INTERMEDIATE";
            case 44 -> "IKE_FOLLOWUP_KE";
            default -> "exchange " + type;
        };
    }
}
