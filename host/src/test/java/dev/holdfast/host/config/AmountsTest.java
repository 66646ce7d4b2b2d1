package dev.holdfast.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountsTest {

  @ParameterizedTest
  @CsvSource({
    "00:30:00, PT30M",
    "1.02:03:04, PT26H3M4S",
    "00:00:00.25, PT0.25S",
    "02:00, PT2H",
    "10ms, PT0.01S",
    "30 s, PT30S",
    "5m, PT5M",
    "2h, PT2H",
    "7d, PT168H",
    "PT1M, PT1M"
  })
  void lengths_of_time_are_read_as_people_write_them(String text, Duration meant) {
    assertThat(Amounts.duration(text)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "soon", "10", "10 parsecs", "1:2:3:4", "-5s", "P"})
  void what_is_no_length_of_time_is_not_guessed(String text) {
    assertThat(Amounts.duration(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"512, 512", "64KiB, 65536", "8 MiB, 8388608", "4GiB, 4294967296", "1mb, 1048576"})
  void sizes_are_read_as_people_write_them(String text, long meant) {
    assertThat(Amounts.bytes(text)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "big", "4 furlongs", "99999999999 GiB"})
  void what_is_no_size_is_not_guessed(String text) {
    assertThat(Amounts.bytes(text)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"PT168H, 7d", "PT90S, 90s", "PT1H, 1h", "PT0.25S, 250ms", "PT0S, 0ms"})
  void lengths_of_time_are_told_in_the_largest_unit_that_divides_them(Duration time, String text) {
    assertThat(Amounts.time(time)).isEqualTo(text);
  }

  @Test
  void sizes_are_told_in_the_unit_that_fits() {
    assertThat(Amounts.size(512)).isEqualTo("512 bytes");
    assertThat(Amounts.size(3 << 20)).isEqualTo("3.0 MiB");
    assertThat(Amounts.size(5_000_000_000L)).isEqualTo("4.7 GiB");
  }
}
