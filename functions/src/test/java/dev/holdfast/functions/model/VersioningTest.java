package dev.holdfast.functions.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.model.Versioning.Match;
import dev.holdfast.functions.model.Versioning.Mismatch;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersioningTest {
  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0, 0",
    "1.0, 1, 0",
    "1.10, 1.9, 1",
    "1.9, 1.10, -1",
    "2, 10, -1",
    "'', 0.1, -1",
    "0.1, '', 1",
    "'', '', 0",
    "beta, BETA, 0",
    "1.0-a, 1.0-b, -1"
  })
  void versions_have_an_order(String one, String other, int order) {
    assertThat(Integer.signum(Versioning.compare(one, other))).isEqualTo(order);
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, 3.0, true",
    "STRICT, 2.0, true",
    "STRICT, 1.0, false",
    "STRICT, , false",
    "CURRENT_OR_OLDER, 2.0, true",
    "CURRENT_OR_OLDER, 1.0, true",
    "CURRENT_OR_OLDER, , true",
    "CURRENT_OR_OLDER, 2.0.1, false"
  })
  void a_strategy_says_what_is_run(Match match, @Nullable String version, boolean run) {
    assertThat(new Versioning("2.0", match, Mismatch.FAIL).matches(version)).isEqualTo(run);
    assertThat(new Versioning("2.0", match, Mismatch.FAIL).leaves(version)).isFalse();
    assertThat(new Versioning("2.0", match, Mismatch.REJECT).leaves(version)).isEqualTo(!run);
  }

  @Test
  void an_app_without_version_runs_all() {
    assertThat(new Versioning(null, Match.STRICT, Mismatch.FAIL).matches("9")).isTrue();
    assertThat(Versioning.NONE.wanted()).isEmpty();
  }

  @Test
  void only_an_exact_version_can_be_asked_for() {
    assertThat(new Versioning("2.0", Match.STRICT, Mismatch.REJECT).wanted())
        .isEqualTo(List.of("2.0"));
    assertThat(new Versioning("2.0", Match.CURRENT_OR_OLDER, Mismatch.REJECT).wanted()).isEmpty();
    assertThat(new Versioning("2.0", Match.STRICT, Mismatch.FAIL).wanted()).isEmpty();
  }
}
