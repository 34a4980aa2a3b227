package dev.torii.cli.config.frr;

import dev.torii.bgp.policy.AccessList;
import dev.torii.bgp.policy.Action;
import dev.torii.bgp.policy.AsPathList;
import dev.torii.bgp.policy.CommunityList;
import dev.torii.bgp.policy.Patterns;
import dev.torii.bgp.policy.PrefixList;
import dev.torii.bgp.wire.AddressFamily;
import dev.torii.bgp.wire.CommunityKind;
import dev.torii.bgp.wire.Prefix;
import dev.torii.cli.config.Addresses;
import dev.torii.cli.config.frr.Grammar.Match;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** Prefix lists, access lists, lists of AS paths and of communities. */
final class ListCommands {
    private final FrrState state;
    private final FrrValues values;

    ListCommands(FrrState state, FrrValues values) {
        this.state = state;
        this.values = values;
    }

    void define(Grammar top) {
        for (AddressFamily family : AddressFamily.KNOWN) {
            String ip = family.ipv6() ? "ipv6" : "ip";
            top.add(ip + " prefix-list <name> description <rest>", FrrValues::quiet)
                    .add(ip + " prefix-list <name> seq <num> permit|deny <prefix> <rest>", match -> prefixList(match, family, Optional.of(match.word(1)), 2))
                    .add(ip + " prefix-list <name> permit|deny <prefix> <rest>", match -> prefixList(match, family, Optional.empty(), 1));
            String list = family.ipv6() ? "ipv6 access-list" : "access-list";
            top.add(list + " <name> remark <rest>", FrrValues::quiet)
                    .add(list + " <name> seq <num> permit|deny <rest>", match -> access(match, family, Optional.of(match.word(1)), 2))
                    .add(list + " <name> permit|deny <rest>", match -> access(match, family, Optional.empty(), 1));
        }
        for (String list : List.of("bgp as-path access-list <name>", "ip as-path access-list <name>")) {
            top.add(list + " seq <num> permit|deny <rest>", match -> path(match, Optional.of(match.word(1)), 2))
                    .add(list + " permit|deny <rest>", match -> path(match, Optional.empty(), 1))
                    .undo(list, match -> state.asPathLists.remove(match.text(0)));
        }
        for (String bgp : List.of("bgp ", "ip ")) {
            communities(top, bgp + "community-list ", CommunityKind.STANDARD);
            communities(top, bgp + "large-community-list ", CommunityKind.LARGE);
            communities(top, bgp + "extcommunity-list ", CommunityKind.EXTENDED);
        }
    }

    private void communities(Grammar top, String words, CommunityKind kind) {
        for (String style : List.of("standard", "expanded")) {
            boolean expanded = style.equals("expanded");
            top.add(words + style + " <name> seq <num> permit|deny <rest>", match -> community(match, kind, expanded, Optional.of(match.word(1)), 2))
                    .add(words + style + " <name> permit|deny <rest>", match -> community(match, kind, expanded, Optional.empty(), 1))
                    .undo(words + style + " <name>", match -> lists(kind).remove(match.text(0)));
        }
        top.add(words + "<num> seq <num> permit|deny <rest>", match -> community(match, kind, isExpanded(match), Optional.of(match.word(1)), 2))
                .add(words + "<num> permit|deny <rest>", match -> community(match, kind, isExpanded(match), Optional.empty(), 1));
    }

    /** Numbers from 100 on are expanded lists. */
    private static boolean isExpanded(Match match) { return match.text(0).length() > 2; }

    private Map<String, NumberedList<CommunityList.Entry>> lists(CommunityKind kind) { return state.communityLists.computeIfAbsent(kind, unseen -> new HashMap<>()); }

    private <E> void line(Match match, Map<String, NumberedList<E>> lists, Optional<Word> number, String text, LongFunction<E> entry) {
        OptionalLong sequence = number.isEmpty() ? OptionalLong.empty() : values.number(number.get(), 1, FrrValues.MAX_32);
        if (number.isPresent() && sequence.isEmpty()) return;
        if (!match.no()) lists.computeIfAbsent(match.text(0), unseen -> new NumberedList<>()).add(sequence, text, entry);
        else if (lists.containsKey(match.text(0))) lists.get(match.text(0)).remove(sequence, text);
    }

    private static String text(Match match, int from) { return match.taken().stream().skip(from).map(Word::text).collect(Collectors.joining(" ")); }

    private static Action action(Match match, int at) { return match.text(at).equals("permit") ? Action.PERMIT : Action.DENY; }

    private Optional<Pattern> pattern(Match match, int from) {
        if (match.taken().size() <= from) {
            values.error(match.first().at(), "there is no regular expression", "write one, like ^65000_ or .*");
            return Optional.empty();
        }
        try {
            return Optional.of(Patterns.compile(text(match, from)));
        } catch (PatternSyntaxException e) {
            values.error(match.word(from), "is no regular expression: " + e.getDescription(), "write one, like ^65000_ or .*");
            return Optional.empty();
        }
    }

    private void path(Match match, Optional<Word> number, int at) {
        pattern(match, at + 1).ifPresent(pattern -> line(match, state.asPathLists, number, text(match, at), seq -> new AsPathList.Entry(seq, action(match, at), pattern)));
    }

    private void community(Match match, CommunityKind kind, boolean expanded, Optional<Word> number, int at) {
        if (expanded) {
            pattern(match, at + 1).ifPresent(pattern ->
                    line(match, lists(kind), number, text(match, at), seq -> new CommunityList.Entry.Expanded(seq, action(match, at), pattern)));
            return;
        }
        var words = match.taken().subList(at + 1, match.taken().size());
        values.communities(match.first(), words, kind, "").ifPresent(wanted ->
                line(match, lists(kind), number, text(match, at), seq -> new CommunityList.Entry.Standard(seq, action(match, at), wanted)));
    }

    /** {@code any}, {@code PREFIX [exact-match]}, and of IPv4 {@code [host] ADDRESS}, {@code ADDRESS WILDCARD}. */
    private void access(Match match, AddressFamily family, Optional<Word> number, int at) {
        var words = match.taken().subList(at + 1, match.taken().size());
        if (words.isEmpty()) {
            values.error(match.first().at(), "the line says nothing of prefixes", "write any, or a prefix");
            return;
        }
        var first = words.getFirst();
        String last = words.size() > 1 ? words.get(1).text() : "";
        Optional<LongFunction<AccessList.Entry>> entry;
        if (first.text().equals("any") && words.size() == 1) {
            entry = Optional.of(seq -> new AccessList.Entry.Inside(seq, action(match, at), any(family), false));
        } else if (first.text().contains("/") && (words.size() == 1 || words.size() == 2 && last.equals("exact-match"))) {
            entry = values.prefix(first, family).map(prefix -> seq -> new AccessList.Entry.Inside(seq, action(match, at), prefix, !last.isEmpty()));
        } else if (family.ipv6()) {
            values.error(first, "is not supported yet in an ipv6 access-list", "write any, or PREFIX [exact-match]; or use an ipv6 prefix-list");
            return;
        } else if (first.text().equals("host") && words.size() == 2 || Addresses.ipv4(first.text()).isPresent() && words.size() == 1) {
            entry = values.address(words.getLast()).map(address -> seq -> new AccessList.Entry.Wildcard(seq, action(match, at), number(address), 0));
        } else if (Addresses.ipv4(first.text()).isPresent() && words.size() == 2) {
            var address = Addresses.ipv4(first.text()).orElseThrow();
            entry = values.address(words.getLast()).map(wildcard -> seq -> new AccessList.Entry.Wildcard(seq, action(match, at), number(address), number(wildcard)));
        } else {
            values.error(first, "is not supported yet in an access-list", "write any, PREFIX [exact-match] or ADDRESS WILDCARD; or use an ip prefix-list");
            return;
        }
        entry.ifPresent(made -> line(match, family.ipv6() ? state.ipv6AccessLists : state.accessLists, number, text(match, at), made));
    }

    private static int number(Inet4Address address) { return ByteBuffer.wrap(address.getAddress()).getInt(); }

    private static Prefix any(AddressFamily family) { return new Prefix(family.ipv6(), 0, 0, 0); }

    /** @param at where {@code permit} or {@code deny} is */
    private void prefixList(Match match, AddressFamily family, Optional<Word> number, int at) {
        var prefixWord = match.word(at + 1);
        int longest = family.ipv6() ? 128 : 32;
        boolean any = prefixWord.text().equals("any");
        Optional<Prefix> prefix = any ? Optional.of(any(family)) : values.prefix(prefixWord, family);
        if (prefix.isEmpty()) return;
        OptionalInt ge = OptionalInt.empty();
        OptionalInt le = any ? OptionalInt.of(longest) : OptionalInt.empty();
        for (int i = at + 2; i < match.taken().size(); i += 2) {
            var word = match.word(i);
            if (!List.of("ge", "le").contains(word.text())) {
                values.error(word, "is unexpected", "expected ge or le and a length");
                return;
            }
            if (i + 1 == match.taken().size()) {
                values.error(word, "has no length behind it", "write " + word.text() + " and a length from 0 to " + longest);
                return;
            }
            var length = values.number(match.word(i + 1), 0, longest);
            if (length.isEmpty()) return;
            if (word.text().equals("ge")) ge = OptionalInt.of((int) length.getAsLong());
            else le = OptionalInt.of((int) length.getAsLong());
        }
        int low = ge.orElse(prefix.get().length());
        if (low < prefix.get().length() || le.orElse(longest) < low) {
            values.error(match.word(at + 2), "makes no range of lengths", "lengths must satisfy " + prefix.get().length() + " <= ge <= le <= " + longest);
            return;
        }
        OptionalLong sequence = number.isEmpty() ? OptionalLong.empty() : values.number(number.get(), 1, FrrValues.MAX_32);
        if (number.isPresent() && sequence.isEmpty()) return;
        if (match.no()) {
            values.error(match.first().at(), "\"no " + (family.ipv6() ? "ipv6" : "ip") + " prefix-list\" in a file", "remove the entry instead");
            return;
        }
        var list = (family.ipv6() ? state.ipv6PrefixLists : state.prefixLists).computeIfAbsent(match.text(0), PrefixList::builder);
        var permit = action(match, at);
        if (sequence.isPresent()) list.add(sequence.getAsLong(), permit, prefix.get(), ge, le);
        else list.add(permit, prefix.get(), ge, le);
    }
}
