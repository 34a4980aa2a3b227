package dev.torii.bgp.policy;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The regular expressions of FRR's lists: POSIX extended ones in which {@code _} is a border of a number. */
public final class Patterns {
    private static final String BORDER = "(^|[,{}() ]|$)";

    private Patterns() {}

    /**
     * For {@code find}.
     *
     * @throws PatternSyntaxException if it is none
     */
    public static Pattern compile(String text) {
        var java = new StringBuilder();
        boolean inBrackets = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '_' && !inBrackets) java.append(BORDER);
            else if (c == '[' && inBrackets && text.startsWith("[:", i) && text.indexOf(":]", i) > 0) {
                int end = text.indexOf(":]", i);
                java.append(posixClass(text, text.substring(i + 2, end)));
                i = end + 1;
            } else if (c == '[' && inBrackets || c == '&') java.append('\\').append(c);         // both mean more in Java than in POSIX
            else if (c == '{' && !inBrackets && !text.substring(i).matches("\\{\\d+(,\\d*)?}.*")) java.append("\\{");
            else java.append(c);
            if (c == '\\' && i + 1 < text.length()) java.append(text.charAt(++i));
            else if (c == '[' && !inBrackets) {
                inBrackets = true;
                if (text.startsWith("^", i + 1)) java.append(text.charAt(++i));
                if (text.startsWith("]", i + 1)) {
                    java.append("\\]");
                    i++;
                }
            } else if (c == ']') inBrackets = false;
        }
        return Pattern.compile(java.toString());
    }

    private static String posixClass(String text, String name) {
        return switch (name) {
            case "digit" -> "0-9";
            case "alpha" -> "a-zA-Z";
            case "alnum" -> "0-9a-zA-Z";
            case "space" -> "\\s";
            default -> throw new PatternSyntaxException("unknown class [:" + name + ":]", text, text.indexOf("[:"));
        };
    }
}
