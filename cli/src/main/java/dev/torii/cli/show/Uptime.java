package dev.torii.cli.show;

import java.time.Duration;

/** How FRR writes how long ago something happened: {@code 00:00:17}, {@code 1d02h03m}, {@code 01w2d03h}. */
final class Uptime {
    private static final long DAY = 86_400;

    private Uptime() {}

    static String format(Duration since) {
        long seconds = Math.max(0, since.toSeconds());
        long hours = seconds / 3600 % 24;
        long minutes = seconds / 60 % 60;
        if (seconds < DAY) return "%02d:%02d:%02d".formatted(seconds / 3600, minutes, seconds % 60);
        if (seconds < 7 * DAY) return "%dd%02dh%02dm".formatted(seconds / DAY, hours, minutes);
        return "%02dw%dd%02dh".formatted(seconds / (7 * DAY), seconds / DAY % 7, hours);
    }
}
