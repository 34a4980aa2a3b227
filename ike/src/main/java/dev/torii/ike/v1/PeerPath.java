package dev.torii.ike.v1;

import dev.torii.ike.Effect;
import dev.torii.ike.Path;
import org.jspecify.annotations.Nullable;

/** Where the peer is: a NAT's new mapping is followed on authenticated messages only, and the children's packets go where the newest IKE SA is. */
final class PeerPath {
    private final Context context;
    private final IkeSas ikeSas;
    private final ChildSas children;
    private @Nullable Path data;        // where the children's packets go

    PeerPath(Context context, IkeSas ikeSas, ChildSas children) {
        this.context = context;
        this.ikeSas = ikeSas;
        this.children = children;
    }

    /** Something that only the peer can have sent has come this way. RFC 3947, section 6: who is behind a NAT himself does not follow. */
    void authentic(Phase1 phase1, Path path) {
        NatDetection.Found nat = phase1.sa().nat();
        if (!path.remote().equals(phase1.path().remote()) && nat.remoteNat() && !nat.localNat()) {
            phase1.path(path);
            follow(phase1);
        }
    }

    /** An IKE SA is new, or has moved. */
    void follow(Phase1 phase1) {
        if (!ikeSas.isCurrent(phase1)) {
            return;
        }
        if (phase1.sa().encapsulated() && !children.isEmpty() && !phase1.path().equals(data)) {
            context.out.add(new Effect.PathChanged(phase1.path()));
        }
        data = phase1.path();
    }
}
