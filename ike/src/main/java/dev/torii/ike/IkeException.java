package dev.torii.ike;

/** A message cannot be accepted; the text says why and names no secret. Caught where the message came in. */
public class IkeException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With the cause in words. */
    public IkeException(String message) {
        super(message);
    }
}
