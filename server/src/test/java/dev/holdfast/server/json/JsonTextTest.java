package dev.holdfast.server.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What people are told who have sent something that is no JSON. */
class JsonTextTest {
  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("hello", "Line 1, column 1: 'hello' is no JSON value. A text needs double"),
        Arguments.of("", "there is nothing."),
        Arguments.of("1 2", "There is more after the end of the JSON value."),
        Arguments.of("{\"a\":", "ends here, but something is still open"),
        Arguments.of("{\"a\" 1}", "'1' cannot stand here."),
        Arguments.of("[1,]", "']' cannot stand here."),
        Arguments.of("{'a':1}", "''' cannot stand here. Names and texts need double quotes"),
        Arguments.of("{a:1}", "'a' cannot stand here. Names and texts need double quotes"),
        Arguments.of("NaN", "'NaN' is no JSON value; JSON has no such number."),
        Arguments.of("[-Infinity]", "JSON has no such number."),
        Arguments.of("\"a\u0000b\"", "control character with the code 0 cannot stand here."),
        Arguments.of("\"a\nb\"", "control character with the code 10 cannot stand here."),
        Arguments.of("\u0001", "control character with the code 1 cannot stand here."),
        Arguments.of("[1\u0000]", "control character with the code 0 cannot stand here."),
        Arguments.of("\"C:\\dir\"", "'\\d' is no escape that JSON knows."),
        Arguments.of("01", "eading zero"),
        Arguments.of("[".repeat(1001), "nested more than 1000 deep."));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void what_is_no_json_is_told_in_words_that_are_not_those_of_the_library(
      String text, String words) {
    JsonProcessingException problem = Objects.requireNonNull(JsonText.problem(text));

    assertThat(JsonText.inWords(problem))
        .contains(words)
        .doesNotContain("`", "Feature", "CTRL-CHAR", "(code", "StreamRead", "token");
  }
}
