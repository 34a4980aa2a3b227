package dev.torii.bgp.wire;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** RFC 4271 section 4.5: the last message of a connection. */
public record NotificationMessage(int code, int subcode, Octets data) implements BgpMessage {
    public static NotificationMessage of(int code, int subcode) { return new NotificationMessage(code, subcode, Octets.EMPTY); }

    /** The longest {@link #communication} in octets of UTF-8, RFC 9003 section 2. */
    public static final int LONGEST_COMMUNICATION = 255;

    /** A Cease with what an operator has to say, RFC 9003 section 2; what is too long is cut off. */
    public static NotificationMessage cease(int subcode, String communication) {
        if (communication.isEmpty()) return of(Iana.CEASE, subcode);
        var data = ByteBuffer.allocate(1 + LONGEST_COMMUNICATION).put((byte) 0);
        StandardCharsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPLACE).encode(CharBuffer.wrap(communication), data, true);   // stops before a character that does not fit
        data.put(0, (byte) (data.position() - 1));
        return new NotificationMessage(Iana.CEASE, subcode, Octets.rest(data.flip()));
    }

    /** Like {@code Cease/Administrative Shutdown (6/2)}, with the words of whoever shut it down, if they came along (RFC 9003). */
    public String text() {
        String words = communication();
        return Iana.errorText(code, subcode) + " (" + code + "/" + subcode + ")" + (words.isEmpty() ? "" : " \"" + words + "\"");
    }

    /** RFC 9003 section 2: what an operator had to say, on one line; empty if nothing, or nothing that can be read. */
    public String communication() {
        boolean carries = code == Iana.CEASE && (subcode == Iana.CEASE_SHUTDOWN || subcode == Iana.CEASE_RESET);
        if (!carries || data.length() == 0) return "";
        ByteBuffer in = data.toBuffer();
        int length = Byte.toUnsignedInt(in.get());
        if (length > in.remaining()) return "";
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in.limit(in.position() + length)).toString().replaceAll("\\p{C}", " ").strip();
        } catch (CharacterCodingException e) {
            return "";                                                              // section 4: the session ends all the same
        }
    }
}
