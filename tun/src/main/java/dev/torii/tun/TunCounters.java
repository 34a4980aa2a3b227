package dev.torii.tun;

/**
 * What has passed a {@link TunDevice} since it was opened.
 *
 * @param readPackets packets the kernel gave us
 * @param readBytes their octets
 * @param readOversize packets that did not fit the caller's buffer, dropped
 * @param readErrors reads the kernel refused for another reason than having nothing
 * @param writtenPackets packets the kernel took
 * @param writtenBytes their octets
 * @param writeErrors packets the kernel refused (malformed, interface down, no memory), dropped
 */
public record TunCounters(
        long readPackets, long readBytes, long readOversize, long readErrors, long writtenPackets, long writtenBytes, long writeErrors) {}
