package dev.holdfast.functions.invoking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.functions.loading.AppClassLoader;
import dev.holdfast.functions.loading.JsonBridge;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of conversions, row by row. */
class ValueReaderTest {

  private static final JsonBridge JSON = new JsonBridge(new AppClassLoader("test", List.of()));

  /** One field for every generic type that the rows need. */
  @SuppressWarnings({"unused", "NullAway.Init"})
  private static final class Types {
    List<String> texts;
    List<Integer> wholes;
    List<Double> reals;
    List<byte[]> bytes;
    Collection<Long> collection;
    Set<String> set;
    List<List<String>> nested;
    List<?> anything;

    @SuppressWarnings("rawtypes")
    List rawList;

    Map<String, Integer> map;
    Optional<String> optionalText;
    Optional<Integer> optionalWhole;
    Optional<List<String>> optionalTexts;
  }

  static final class Bean {
    int n;
    @Nullable String s;

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bean bean && bean.n == n && java.util.Objects.equals(bean.s, s);
    }

    @Override
    public int hashCode() {
      return n;
    }

    static Bean of(int n, @Nullable String s) {
      Bean bean = new Bean();
      bean.n = n;
      bean.s = s;
      return bean;
    }
  }

  enum Colour {
    RED
  }

  private static Type field(String name) {
    try {
      return Types.class.getDeclaredField(name).getGenericType();
    } catch (NoSuchFieldException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Wire text(String value) {
    return new Wire.Text(value);
  }

  private static Wire json(String value) {
    return new Wire.Json(value);
  }

  private static Wire many(Wire... values) {
    return new Wire.Many(List.of(values));
  }

  private static @Nullable Object read(Type type, Wire value) {
    return ValueReader.of(type, JSON).read(value);
  }

  static Stream<Arguments> rows() {
    byte[] ab = {97, 98};
    return Stream.of(
        // text and JSON
        Arguments.of(text("\"x\""), String.class, "\"x\""),
        Arguments.of(text("null"), String.class, "null"),
        Arguments.of(json("{\"a\":1}"), String.class, "{\"a\":1}"),
        Arguments.of(json("null"), String.class, null),
        Arguments.of(json("null"), Bean.class, null),
        Arguments.of(text("12"), int.class, 12),
        Arguments.of(text("12"), Integer.class, 12),
        Arguments.of(text("12"), long.class, 12L),
        Arguments.of(text("12"), Long.class, 12L),
        Arguments.of(text("12"), short.class, (short) 12),
        Arguments.of(text("12"), byte.class, (byte) 12),
        Arguments.of(text("1.5"), float.class, 1.5f),
        Arguments.of(text("1.5"), Double.class, 1.5),
        Arguments.of(json("12"), int.class, 12),
        Arguments.of(text("true"), boolean.class, true),
        Arguments.of(json("true"), Boolean.class, true),
        Arguments.of(text("\"RED\""), Colour.class, Colour.RED),
        Arguments.of(text("RED"), Colour.class, Colour.RED),
        Arguments.of(text("{\"n\":3,\"s\":\"t\"}"), Bean.class, Bean.of(3, "t")),
        Arguments.of(json("{\"n\":3}"), Bean.class, Bean.of(3, null)),
        Arguments.of(text("[1,2]"), int[].class, new int[] {1, 2}),
        Arguments.of(text("[{\"n\":1}]"), Bean[].class, new Bean[] {Bean.of(1, null)}),
        Arguments.of(text("7"), Object.class, 7.0),
        Arguments.of(json("{\"a\":1}"), field("map"), Map.of("a", 1.0)),
        Arguments.of(text("[\"a\",\"b\"]"), field("texts"), List.of("a", "b")),
        Arguments.of(text("[1,2]"), field("wholes"), List.of(1, 2)),
        Arguments.of(json("[3]"), field("collection"), List.of(3L)),
        Arguments.of(text("[1,\"x\"]"), field("anything"), List.of(1.0, "x")),
        Arguments.of(text("[1]"), field("rawList"), List.of(1.0)),
        Arguments.of(text("[\"a\",\"b\"]"), String[].class, new String[] {"a", "b"}),
        Arguments.of(
            text("[{\"a\":1},[2],3]"), String[].class, new String[] {"{\"a\":1}", "[2]", "3"}),
        Arguments.of(text("ab"), byte[].class, ab),
        Arguments.of(text("[97,98]"), byte[].class, ab),
        Arguments.of(text("anything"), Void.class, null),
        // bytes
        Arguments.of(new Wire.Bytes(ab), byte[].class, ab),
        Arguments.of(new Wire.Bytes(ab), Byte[].class, new Byte[] {97, 98}),
        Arguments.of(new Wire.Bytes(ab), String.class, "ab"),
        Arguments.of(new Wire.Bytes("{\"n\":4}".getBytes(UTF_8)), Bean.class, Bean.of(4, null)),
        // whole numbers
        Arguments.of(new Wire.Whole(5), int.class, 5),
        Arguments.of(new Wire.Whole(5), Short.class, (short) 5),
        Arguments.of(new Wire.Whole(5), byte.class, (byte) 5),
        Arguments.of(new Wire.Whole(5), Long.class, 5L),
        Arguments.of(new Wire.Whole(5), String.class, "5"),
        // real numbers
        Arguments.of(new Wire.Real(2.5), double.class, 2.5),
        Arguments.of(new Wire.Real(2.5), Float.class, 2.5f),
        Arguments.of(new Wire.Real(2.5), String.class, "2.5"),
        // many
        Arguments.of(many(text("1"), text("2")), field("wholes"), List.of(1, 2)),
        Arguments.of(many(text("{}"), text("x")), field("texts"), List.of("{}", "x")),
        Arguments.of(many(new Wire.Whole(1)), long[].class, new long[] {1}),
        Arguments.of(many(new Wire.Real(1.5)), field("reals"), List.of(1.5)),
        Arguments.of(
            many(text("{\"n\":1}"), text("{\"n\":2}")),
            Bean[].class,
            new Bean[] {Bean.of(1, null), Bean.of(2, null)}),
        // nothing
        Arguments.of(Wire.NOTHING, String.class, null),
        Arguments.of(Wire.NOTHING, field("optionalText"), Optional.empty()),
        // optional
        Arguments.of(text("x"), field("optionalText"), Optional.of("x")),
        Arguments.of(json("null"), field("optionalText"), Optional.empty()),
        Arguments.of(text("4"), field("optionalWhole"), Optional.of(4)),
        Arguments.of(text("[\"q\"]"), field("optionalTexts"), Optional.of(List.of("q"))),
        // beyond a plain Gson: java.time as text, and as Jackson writes it
        Arguments.of(text("\"2026-03-01\""), LocalDate.class, LocalDate.of(2026, 3, 1)),
        Arguments.of(text("[2026,3,1]"), LocalDate.class, LocalDate.of(2026, 3, 1)),
        Arguments.of(
            text("[2026,3,1,10,30]"), LocalDateTime.class, LocalDateTime.of(2026, 3, 1, 10, 30)),
        Arguments.of(
            text("1700000000.123456789"),
            Instant.class,
            Instant.ofEpochSecond(1_700_000_000L, 123_456_789)),
        Arguments.of(text("\"PT5S\""), Duration.class, Duration.ofSeconds(5)),
        Arguments.of(text("90.5"), Duration.class, Duration.ofMillis(90_500)),
        Arguments.of(
            text("1700000000"),
            OffsetDateTime.class,
            OffsetDateTime.parse("2023-11-14T22:13:20Z")));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void converts(Wire value, Type type, @Nullable Object expected) {
    assertThat(read(type, value)).isEqualTo(expected);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(text("x"), int.class),
        Arguments.of(text("1.5"), int.class),
        Arguments.of(text("300"), byte.class),
        Arguments.of(text("\"5\""), int.class),
        Arguments.of(json("null"), int.class),
        Arguments.of(Wire.NOTHING, long.class),
        Arguments.of(text("{nope"), Bean.class),
        Arguments.of(text("[\"a\"]"), field("set")),
        Arguments.of(text("[[\"a\"]]"), field("nested")),
        Arguments.of(text("{\"a\":1}"), field("texts")),
        Arguments.of(new Wire.Whole(5), double.class),
        Arguments.of(new Wire.Whole(1L << 40), int.class),
        Arguments.of(new Wire.Whole(5), Bean.class),
        Arguments.of(new Wire.Real(1), int.class),
        Arguments.of(many(text("a")), field("set")),
        Arguments.of(text("\"31.12.2026\""), LocalDate.class));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refuses(Wire value, Type type) {
    assertThatThrownBy(() -> read(type, value))
        .isInstanceOf(ClassCastException.class)
        .hasMessageStartingWith("Cannot convert ")
        .hasMessageContaining(" to type " + type.getTypeName());
  }

  @Test
  void what_cannot_be_read_is_told_as_people_know_it() {
    assertThatThrownBy(() -> read(int.class, text("soon")))
        .hasMessageStartingWith("Cannot convert the text \"soon\" to type int");
    assertThatThrownBy(() -> read(Bean.class, new Wire.Whole(5)))
        .hasMessageStartingWith("Cannot convert the number 5 to type ");
    assertThatThrownBy(() -> read(field("set"), many(text("a"))))
        .hasMessageStartingWith("Cannot convert a list of 1 to type ");
  }

  @Test
  void collection_is_always_an_array_list() {
    assertThat(read(field("collection"), text("[1]"))).isInstanceOf(ArrayList.class);
  }

  @Test
  void plain_texts_are_told_from_documents() {
    assertThat(ValueReader.of(String.class, JSON).takesText()).isTrue();
    assertThat(ValueReader.of(int.class, JSON).takesText()).isTrue();
    assertThat(ValueReader.of(field("optionalText"), JSON).takesText()).isTrue();
    assertThat(ValueReader.of(Bean.class, JSON).takesText()).isFalse();
    assertThat(ValueReader.of(field("optionalTexts"), JSON).takesText()).isFalse();
  }
}
