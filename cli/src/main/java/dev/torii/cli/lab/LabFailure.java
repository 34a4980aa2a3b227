package dev.torii.cli.lab;

/** What went wrong in the lab, in one line for the operator; further lines are evidence (the end of a log, a command's output). */
public final class LabFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LabFailure(String message) {
        super(message);
    }

    public LabFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
