package dev.torii.ike.session;

import dev.torii.ike.Effect;

/** Whether somebody waits to hear that the peer is there: {@link dev.torii.ike.Event.Ask}. */
public final class Question {
    private final Outbox out;
    private boolean open;

    /** Of one session. */
    public Question(Outbox out) {
        this.out = out;
    }

    /** Something that the peer answers was sent. */
    public void asked() {
        open = true;
        out.add(new Effect.Asked());
    }

    /** Something that only the peer can have sent, and not before. */
    public void heard() {
        if (open) {
            open = false;
            out.add(new Effect.Answered());
        }
    }
}
