package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Text that was lost on its way into the JVM goes no further. */
class IllegibleTest {
  private static final String LOST = "M\uFFFD\uFFFDller";

  @Test
  void an_argument_that_lost_letters_is_refused_with_the_cure() {
    assertThat(Illegible.first(new String[] {"raise", LOST}, Map.of()))
        .hasValueSatisfying(it -> assertThat(it).contains("argument", "LC_ALL=C.UTF-8", "@FILE"));
    assertThat(Illegible.first(new String[] {"raise", "Möller", "日本", "😀"}, Map.of())).isEmpty();
  }

  @Test
  void a_variable_of_ours_that_lost_letters_is_refused_and_those_of_others_are_not_looked_at() {
    assertThat(Illegible.first(new String[0], Map.of("HOLDFAST_DATA", LOST)))
        .hasValueSatisfying(it -> assertThat(it).contains("HOLDFAST_DATA"));
    assertThat(Illegible.first(new String[0], Map.of("AzureFunctionsJobHost__x", LOST)))
        .isPresent();
    assertThat(Illegible.first(new String[0], Map.of("OTHER", LOST))).isEmpty();
  }

  /** The launcher chooses a locale; whoever starts the JVM without it must not lose an id. */
  @Test
  @Timeout(120)
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no POSIX locales")
  void the_command_ends_before_it_does_anything_in_a_locale_of_ascii(@TempDir Path folder)
      throws Exception {
    // The shell brings the bytes into a JVM that could not write them down itself.
    List<String> shell =
        List.of("sh", "-c", "LC_ALL=C exec \"$@\" \"$(printf 'M\\303\\266ller')\" x", "-");
    try (OtherJvm jvm =
        OtherJvm.start(
            shell, List.of(), Map.of(), folder, Main.class.getName(), "raise", "--data", "none")) {
      assertThat(jvm.exitCode()).isEqualTo(2);
      assertThat(jvm.lines()).anyMatch(it -> it.startsWith("Cannot read the argument 'M"));
    }
  }
}
