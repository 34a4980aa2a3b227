package dev.torii.ike;

/** An exchange that a peer began with one session, and that belongs to another one, as the peer's identity has shown. Only sessions know what is in it. */
public interface Handover {
    /** Nobody takes it: its keys are overwritten. */
    void refuse();
}
