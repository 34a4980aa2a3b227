package dev.torii.cli.lab;

/** Which version of IKE the lab's VPN speaks. */
public enum Ike {
    /** The article's. */
    V1(1, "ikev2=no", "ISAKMP SA established"),
    /** The article's files with one word of each conn changed. */
    V2(2, "ikev2=insist", "IKE SA established");

    private final int number;
    private final String word;
    private final String logged;

    Ike(int number, String word, String logged) {
        this.number = number;
        this.word = word;
        this.logged = logged;
    }

    /** 1 or 2. */
    public int number() {
        return number;
    }

    /** A conn of the article's in which this version is asked for. */
    public String in(String conn) {
        return conn.replace(V1.word, word);
    }

    /** What a conn says to ask for it. */
    String word() {
        return word;
    }

    /** What Torii logs when it has negotiated it. */
    String logged() {
        return logged;
    }
}
