package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MisspeltTest {
  @ParameterizedTest
  @CsvSource({
    "HOLDFAST_DTA, HOLDFAST_DATA",
    "holdfast_dat, HOLDFAST_DATA",
    "HOLDFAST_KEYS, HOLDFAST_KEY",
    "HOLDFAST_OPT, HOLDFAST_OPTS",
    "HOLDFAST_CONECT, HOLDFAST_CONNECT",
    "HOLDFAST_CONNECT_TOKENFILE, HOLDFAST_CONNECT_TOKEN_FILE"
  })
  void a_variable_that_is_nearly_one_of_ours_is_refused_with_the_nearest(
      String name, String meant) {
    assertThat(Misspelt.first(Map.of(name, "secret", "PATH", "/bin")))
        .hasValueSatisfying(
            it ->
                assertThat(it)
                    .contains("environment variable " + name, "Did you mean " + meant + "?")
                    .doesNotContain("secret"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HOLDFAST_DATA",
        "holdfast_data",
        "HOLDFAST_OPTS",
        "HOLDFAST_CONNECT_TOKEN",
        "HOLDFAST_PORT",
        "HOLDFAST_PORT_7071_TCP",
        "HOLDFAST_SERVICE_HOST",
        "HOLDFAST_SERVICE_PORT",
        "HOLDFAST_",
        "HOLDFAST",
        "MY_HOLDFAST_DTA"
      })
  void ours_and_those_of_others_are_not_looked_at(String name) {
    assertThat(Misspelt.first(Map.of(name, "x"))).isEmpty();
  }

  @Test
  void nothing_is_wrong_with_no_variables() {
    assertThat(Misspelt.first(Map.of())).isEmpty();
  }
}
