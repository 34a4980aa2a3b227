package dev.torii.ike;

/** Which protocol a connection speaks; it answers to no other. */
public enum IkeVersion {
    /** RFC 2409. */
    V1(1),
    /** RFC 7296. */
    V2(2);

    private final int major;

    IkeVersion(int major) {
        this.major = major;
    }

    /** The major version in the header. */
    public int major() {
        return major;
    }
}
