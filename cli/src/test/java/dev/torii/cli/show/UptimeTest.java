package dev.torii.cli.show;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UptimeTest {
    /** The forms of FRR's frrtime_to_interval and peer_uptime: clock under a day, days under a week, then weeks. */
    @ParameterizedTest
    @CsvSource({
        "PT-1S, 00:00:00", "PT0.9S, 00:00:00", "PT17S, 00:00:17", "PT1H2M3S, 01:02:03", "PT23H59M59S, 23:59:59",
        "PT24H, 1d00h00m", "P1DT2H3M59S, 1d02h03m", "P6DT23H59M59S, 6d23h59m",
        "P7D, 01w0d00h", "P9DT3H, 01w2d03h", "P100DT1H, 14w2d01h", "P700D, 100w0d00h"})
    void isWrittenAsFrrWritesIt(Duration since, String text) {
        assertEquals(text, Uptime.format(since));
    }
}
