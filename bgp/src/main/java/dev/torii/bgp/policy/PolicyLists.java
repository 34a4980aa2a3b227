package dev.torii.bgp.policy;

import dev.torii.bgp.wire.CommunityKind;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Every list and map that a configuration defines, by name. IPv4 and IPv6 lists have names of their own, as in FRR. */
public record PolicyLists(Map<String, PrefixList> prefixLists, Map<String, PrefixList> ipv6PrefixLists, Map<String, AccessList> accessLists,
        Map<String, AccessList> ipv6AccessLists, Map<String, AsPathList> asPathLists, Map<CommunityKind, Map<String, CommunityList>> communityLists,
        Map<String, RouteMap> routeMaps) {
    public static final PolicyLists NONE = new Builder().build();

    public PolicyLists {
        prefixLists = Map.copyOf(prefixLists);
        ipv6PrefixLists = Map.copyOf(ipv6PrefixLists);
        accessLists = Map.copyOf(accessLists);
        ipv6AccessLists = Map.copyOf(ipv6AccessLists);
        asPathLists = Map.copyOf(asPathLists);
        communityLists = Map.copyOf(communityLists);
        routeMaps = Map.copyOf(routeMaps);
    }

    public Optional<CommunityList> communityList(CommunityKind kind, String name) {
        return Optional.ofNullable(communityLists.getOrDefault(kind, Map.of()).get(name));
    }

    /** Collects them. */
    public static final class Builder {
        private final Map<String, PrefixList> prefixLists = new HashMap<>();
        private final Map<String, PrefixList> ipv6PrefixLists = new HashMap<>();
        private final Map<String, AccessList> accessLists = new HashMap<>();
        private final Map<String, AccessList> ipv6AccessLists = new HashMap<>();
        private final Map<String, AsPathList> asPathLists = new HashMap<>();
        private final Map<CommunityKind, Map<String, CommunityList>> communityLists = new EnumMap<>(CommunityKind.class);
        private final Map<String, RouteMap> routeMaps = new HashMap<>();

        public Builder prefixList(PrefixList list) { prefixLists.put(list.name(), list); return this; }

        public Builder ipv6PrefixList(PrefixList list) { ipv6PrefixLists.put(list.name(), list); return this; }

        public Builder accessList(AccessList list) { accessLists.put(list.name(), list); return this; }

        public Builder ipv6AccessList(AccessList list) { ipv6AccessLists.put(list.name(), list); return this; }

        public Builder asPathList(AsPathList list) { asPathLists.put(list.name(), list); return this; }

        public Builder communityList(CommunityList list) {
            communityLists.computeIfAbsent(list.kind(), unseen -> new HashMap<>()).put(list.name(), list);
            return this;
        }

        public Builder routeMap(RouteMap map) { routeMaps.put(map.name(), map); return this; }

        public PolicyLists build() {
            return new PolicyLists(prefixLists, ipv6PrefixLists, accessLists, ipv6AccessLists, asPathLists, communityLists, routeMaps);
        }
    }
}
