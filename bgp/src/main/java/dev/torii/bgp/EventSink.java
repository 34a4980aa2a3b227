package dev.torii.bgp;

/** What an operator may want to read in the log. */
public interface EventSink {
    void event(PeerEvent event);
}
