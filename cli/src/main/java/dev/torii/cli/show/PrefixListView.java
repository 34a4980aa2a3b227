package dev.torii.cli.show;

import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.PrefixList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code show ip|ipv6 prefix-list [NAME]}, as FRR's bgpd prints it. */
public record PrefixListView(boolean ipv6, List<PrefixList> lists) implements View {
    @Override public String text() {
        var text = new StringBuilder();
        for (PrefixList list : lists) {
            text.append("BGP: " + (ipv6 ? "ipv6" : "ip") + " prefix-list ").append(list.name()).append(": ").append(list.entries().size()).append(" entries\n");
            for (PrefixList.Entry entry : list.entries()) {
                text.append("   seq ").append(entry.seq()).append(' ').append(word(entry.action())).append(' ');
                if (isAny(entry)) text.append("any");
                else {
                    text.append(entry.prefix());
                    entry.ge().ifPresent(ge -> text.append(" ge ").append(ge));
                    entry.le().ifPresent(le -> text.append(" le ").append(le));
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private static boolean isAny(PrefixList.Entry entry) {
        return entry.prefix().length() == 0 && entry.ge().isEmpty() && entry.le().isPresent() && entry.le().getAsInt() == (entry.prefix().ipv6() ? 128 : 32);
    }

    private static String word(Action action) { return action.name().toLowerCase(Locale.ROOT); }

    @Override public Object json() {
        var all = new LinkedHashMap<String, Object>();
        for (PrefixList list : lists) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("addressFamily", ipv6 ? "IPv6" : "IPv4");
            fields.put("entries", list.entries().stream().map(PrefixListView::json).toList());
            all.put(list.name(), fields);
        }
        return Map.of("BGP", all);
    }

    private static Map<String, Object> json(PrefixList.Entry entry) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("sequenceNumber", entry.seq());
        fields.put("type", word(entry.action()));
        fields.put("prefix", entry.prefix().toString());
        entry.ge().ifPresent(ge -> fields.put("minimumPrefixLength", ge));
        entry.le().ifPresent(le -> fields.put("maximumPrefixLength", le));
        return fields;
    }
}
