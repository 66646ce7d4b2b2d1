package dev.holdfast.functions.invoking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.loading.AppClassLoader;
import dev.holdfast.functions.loading.JsonBridge;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What results become on the wire, and as the JSON document that the history keeps. */
class ValueWriterTest {

  private static final ValueWriter WRITER =
      new ValueWriter(new JsonBridge(new AppClassLoader("test", List.of())));

  enum Colour {
    RED
  }

  static final class Bean {
    int n = 1;
    @Nullable String absent;
    String html = "<b>";
    Optional<LocalDate> due = Optional.of(LocalDate.of(2026, 3, 1));
  }

  static Stream<Arguments> rows() {
    return Stream.of(
        Arguments.of(null, new Wire.Json("null"), "null"),
        Arguments.of("a\"b\n", new Wire.Text("a\"b\n"), "\"a\\\"b\\n\""),
        Arguments.of("", new Wire.Text(""), "\"\""),
        Arguments.of(1L, new Wire.Whole(1), "1"),
        Arguments.of(1, new Wire.Whole(1), "1"),
        Arguments.of((short) 1, new Wire.Whole(1), "1"),
        Arguments.of((byte) 1, new Wire.Whole(1), "1"),
        Arguments.of(1.5, new Wire.Real(1.5), "1.5"),
        Arguments.of(1.5f, new Wire.Real(1.5), "1.5"),
        Arguments.of(Double.NaN, new Wire.Real(Double.NaN), "\"NaN\""),
        Arguments.of(true, new Wire.Json("true"), "true"),
        Arguments.of(Colour.RED, new Wire.Json("\"RED\""), "\"RED\""),
        Arguments.of(List.of(1, "a"), new Wire.Json("[1,\"a\"]"), "[1,\"a\"]"),
        Arguments.of(
            Collections.unmodifiableList(Arrays.asList("x", null)),
            new Wire.Json("[\"x\",null]"),
            "[\"x\",null]"),
        Arguments.of(new int[] {1, 2}, new Wire.Json("[1,2]"), "[1,2]"),
        Arguments.of(
            new Bean(),
            new Wire.Json("{\"n\":1,\"html\":\"\\u003cb\\u003e\",\"due\":\"2026-03-01\"}"),
            "{\"n\":1,\"html\":\"\\u003cb\\u003e\",\"due\":\"2026-03-01\"}"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void writes(@Nullable Object value, Wire wire, String json) {
    assertThat(WRITER.write(value)).isEqualTo(wire);
    assertThat(Texts.json(WRITER.write(value))).isEqualTo(json);
  }

  @Test
  void bytes_stay_bytes_and_are_base64_in_json() {
    Wire wire = WRITER.write(new byte[] {1, 2, 3});

    assertThat(((Wire.Bytes) wire).value()).containsExactly(1, 2, 3);
    assertThat(Texts.json(wire)).isEqualTo("\"AQID\"");
  }
}
