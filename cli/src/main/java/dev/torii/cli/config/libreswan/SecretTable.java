package dev.torii.cli.config.libreswan;

import dev.torii.cli.config.Position;
import dev.torii.ike.Identity;
import dev.torii.ike.Secret;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The secrets and how one is found for a connection, as pluto does it: an entry that names both identities goes before {@code %any} and one of them, that
 * before one that names ours alone, that before one without any identity; among equals the first in the files. Beyond pluto, entries may name the outer
 * addresses of a connection whose identities are something else.
 */
final class SecretTable {
    private static final int EMPTY = 1;
    private static final int ANY = 2;
    private static final int REMOTE = 4;
    private static final int LOCAL = 8;

    private final List<Entry> entries;

    SecretTable(List<Entry> entries) { this.entries = List.copyOf(entries); }

    /** @param ids an empty one is {@code %any} */
    record Entry(Position at, List<Optional<Identity>> ids, Secret secret) {
        Entry {
            ids = List.copyOf(ids);
        }
    }

    /** By identities first, then by addresses. */
    Optional<Secret> find(Set<Identity> local, Identity remote, Set<Identity> localAddresses, Optional<InetAddress> remoteAddress) {
        return best(local, remote).or(() -> remoteAddress.flatMap(address -> best(localAddresses, Identity.ofAddress(address))));
    }

    /** Whether some peer shares a secret with this host under one of these identities. */
    boolean names(Set<Identity> local) {
        return entries.stream().anyMatch(entry -> entry.ids().stream().anyMatch(id -> id.filter(local::contains).isPresent()));
    }

    void erase() { entries.forEach(entry -> entry.secret().erase()); }

    /** An entry of {@code remote} and one other address: what is left for a connection whose own address is not known yet. */
    Optional<Secret> findForUnknownLocal(Identity remote) {
        return entries.stream()
                .filter(entry -> entry.ids().size() == 2 && entry.ids().contains(Optional.of(remote))
                        && entry.ids().stream().anyMatch(id -> id.isPresent() && !id.get().equals(remote) && id.get().type() == Identity.IPV4_ADDR))
                .map(Entry::secret).findFirst();
    }

    private Optional<Secret> best(Set<Identity> local, Identity remote) {
        int best = 0;
        Optional<Secret> found = Optional.empty();
        for (Entry entry : entries) {
            int match = match(entry, local, remote);
            if (match > best) {
                best = match;
                found = Optional.of(entry.secret());
            }
        }
        return found;
    }

    private static int match(Entry entry, Set<Identity> local, Identity remote) {
        if (entry.ids().isEmpty()) return EMPTY;
        int match = 0;
        for (Optional<Identity> id : entry.ids()) {
            if (id.isEmpty()) match |= ANY;
            else if (id.get().equals(remote)) match |= REMOTE;
            else if (local.contains(id.get())) match |= LOCAL;
        }
        if (match == LOCAL && entry.ids().size() == 1) return LOCAL | EMPTY;
        // one side alone of several, and %any mixed with both, match nothing in pluto
        return match == LOCAL || match == REMOTE || match == (ANY | LOCAL | REMOTE) ? 0 : match;
    }
}
