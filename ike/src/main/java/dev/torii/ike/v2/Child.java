package dev.torii.ike.v2;

import dev.torii.ike.ChildSa;
import org.jspecify.annotations.Nullable;

/** One child SA of a session. Bookkeeping only. */
final class Child {
    final long id;
    final ChildSa sa;
    final @Nullable Child replaces;
    /** The IKE SA that it belongs to; a successor inherits it. */
    Association under;
    /** What is sent may be sent with it. */
    boolean usable;
    /** It has a successor. */
    boolean replaced;
    /** We are deleting it. */
    boolean closing;
    /** Deleted by protocol; what is in flight may still come in. */
    boolean gone;

    Child(long id, ChildSa sa, Association under, @Nullable Child replaces) {
        this.id = id;
        this.sa = sa;
        this.under = under;
        this.replaces = replaces;
    }
}
