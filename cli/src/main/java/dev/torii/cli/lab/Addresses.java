package dev.torii.cli.lab;

/** The addresses inside the article's two tunnels: 192.168.254.0/30 and 192.168.254.4/30. */
public final class Addresses {
    private Addresses() {}

    /** The CPE's end of tunnel 1 or 2. */
    public static String cpeInTunnel(int number) {
        return "192.168.254." + (number == 1 ? 1 : 5);
    }

    /** OCI's end of tunnel 1 or 2. */
    public static String headEndInTunnel(int number) {
        return "192.168.254." + (number == 1 ? 2 : 6);
    }
}
