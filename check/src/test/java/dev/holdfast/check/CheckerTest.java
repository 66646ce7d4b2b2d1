package dev.holdfast.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckerTest {
  @TempDir Path folder;

  private static final Path OWN = location(CheckerTest.class);

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_folder_without_orchestrators_has_nothing_to_check() throws Exception {
    Report report = Checker.check(List.of(folder));

    assertThat(report.orchestrators()).isEmpty();
    assertThat(report.findings()).isEmpty();
  }

  @Test
  void a_finding_names_the_line_the_calls_that_lead_there_and_the_cure() throws Exception {
    Report report = Checker.check(List.of(OWN));

    assertThat(report.findings())
        .filteredOn(it -> it.orchestrator().equals("uuidTwoCallsAway"))
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.rule()).isEqualTo(Rule.UUID);
              assertThat(it.place().method()).isEqualTo("newId");
              assertThat(it.place().line()).isPositive();
              assertThat(it.path())
                  .extracting(Finding.Place::method)
                  .containsExactly("uuidTwoCallsAway", "prefixed");
              assertThat(it.text())
                  .contains("uuid: UUID.randomUUID()", "called by", "Instead, take ctx.newUUID()");
            });
  }

  @Test
  void a_mistyped_name_is_told_with_the_one_that_was_meant() throws Exception {
    Report report = Checker.check(List.of(OWN));

    assertThat(report.findings())
        .filteredOn(it -> it.orchestrator().equals("mistyped"))
        .extracting(Finding::cure)
        .containsExactly("call 'Pay'");
  }

  @Test
  void a_file_that_is_no_class_is_named() throws Exception {
    Files.write(folder.resolve("Broken.class"), new byte[] {(byte) 0xCA, (byte) 0xFE, 0, 0});

    assertThatThrownBy(() -> Checker.check(List.of(folder)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Broken.class")
        .hasMessageContaining("Build the app again");
  }
}
