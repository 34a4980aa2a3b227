package dev.torii.ike.v2;

import dev.torii.ike.Authentication;
import dev.torii.ike.Identity;
import dev.torii.ike.IkeConfig;
import dev.torii.ike.IkeCrypto;
import dev.torii.ike.IkeProposal;
import dev.torii.ike.IkeVersion;
import dev.torii.ike.PostQuantumKeys;
import dev.torii.ike.v2.wire.Message;
import dev.torii.ike.v2.wire.NotifyType;
import dev.torii.ike.v2.wire.Payload;
import dev.torii.ike.v2.wire.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Which of several connections a peer means: until IKE_AUTH says IDi, and perhaps IDr (RFC 7296, section 2.15 and 3.5), all that have its addresses, and what
 * IKE_SA_INIT says is right for each of them.
 */
final class Choice {
    private final IkeConfig own;
    private final List<IkeConfig> others;
    private final List<IkeConfig> all;
    private final IkeCrypto crypto;

    /** @param candidates all of them, also of the other version, or nothing */
    Choice(IkeConfig own, List<IkeConfig> candidates, IkeCrypto crypto) {
        this.own = own;
        this.others = candidates.stream().filter(candidate -> candidate.version() == IkeVersion.V2).toList();
        this.all = others.isEmpty() ? List.of(own) : others;
        this.crypto = crypto;
    }

    /** Which proposals are acceptable to somebody, in order of preference. */
    IkeConfig offering() {
        return own.withIkeProposals(all.stream().flatMap(config -> config.ikeProposals().stream()).distinct().toList());
    }

    /** What the answer to IKE_SA_INIT says of authentication. @throws Refusal if nobody can do without what the peer does not do */
    List<Payload> words(Message request) throws Refusal {
        var words = new ArrayList<Payload>(Authenticator.hashes(all));
        words.addAll(Authenticator.request(all));
        Optional<Refusal> refusal = Optional.empty();
        List<Payload> keys = List.of();
        boolean somebody = false;
        for (IkeConfig config : all) {
            try {
                List<Payload> answer = new PostQuantum(config.authentication().postQuantum(), crypto).answer(request);
                keys = answer.isEmpty() ? keys : answer;
                somebody = true;
            } catch (Refusal insists) {
                refusal = Optional.of(insists);
            }
        }
        if (refusal.isPresent() && !somebody) {
            throw refusal.get();
        }
        words.addAll(keys);
        return words;
    }

    /**
     * Who is to go on with it, if not this session itself: the one that wants this peer by name before one that takes anybody, and where the peer says whom it
     * wants, those that have this identity before all others. Nothing is proved yet: who is chosen checks it all.
     *
     * @throws Refusal if there are several, and none of them is for this peer
     */
    Optional<IkeConfig> of(IkeProposal agreed, Message auth) throws Refusal {
        if (others.isEmpty()) {
            return Optional.empty();
        }
        Identity peer = auth.the(Payload.IdI.class).identity();
        Optional<Identity> wanted = auth.optional(Payload.IdR.class).map(Payload.IdR::identity);
        boolean secret = auth.the(Payload.Auth.class).method() == Payload.Auth.SHARED_KEY;
        Optional<IkeConfig> best = others.stream().filter(config -> config.remoteId().admits(peer) && config.ikeProposals().contains(agreed))
                .min(Comparator.<IkeConfig, Boolean>comparing(config -> secret != config.authentication().peer() instanceof Authentication.PreSharedKey)
                        .thenComparing(config -> wanted.filter(id -> !config.localId().means(id)).isPresent())
                        .thenComparing(config -> config.remoteId().open())
                        .thenComparing(config -> !suits(config.authentication().postQuantum(), auth))
                        .thenComparing(config -> !covers(config, auth)));
        if (best.isEmpty() && others.size() > 1) {
            throw new Refusal(NotifyType.AUTHENTICATION_FAILED, "the peer is " + peer + ", and no connection of these addresses wants it: " + others.stream()
                    .map(config -> config.name() + " wants " + config.remoteId()).collect(Collectors.joining(", ")));
        }
        return best.filter(config -> !config.name().equals(own.name()) || config.remoteId().open());
    }

    private static boolean suits(PostQuantumKeys keys, Message auth) {
        return auth.notify(NotifyType.PPK_IDENTITY).isPresent() == (keys.use() != PostQuantumKeys.Use.NEVER);
    }

    private static boolean covers(IkeConfig config, Message auth) {
        try {
            Optional<Payload.TsI> theirs = auth.optional(Payload.TsI.class);
            Optional<Payload.TsR> ours = auth.optional(Payload.TsR.class);
            return theirs.isPresent() && ours.isPresent() && !Narrowing.choose(config.remoteSelectors(), theirs.get().selectors()).isEmpty()
                    && !Narrowing.choose(config.localSelectors(), ours.get().selectors()).isEmpty();
        } catch (Refusal nothing) {
            return false;
        }
    }
}
