package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.check.Rule;
import dev.holdfast.host.blue.BlueFunctions;
import dev.holdfast.host.config.CannotException;
import dev.holdfast.host.ending.EndingFunctions;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CheckCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int check(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] all = new String[arguments.length + 1];
    all[0] = "check";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return line.execute(all);
  }

  @Test
  void an_app_in_which_nothing_is_found_passes() throws Exception {
    DemoApp app = DemoApp.of(BlueFunctions.class, folder.resolve("app"));

    assertThat(check(app.folder().toString())).as("%s %s", out, err).isZero();
    assertThat(out.toString()).contains("0 found in 3 orchestrators");
  }

  @Test
  void a_mistake_is_told_with_its_line_its_way_and_its_cure() throws Exception {
    DemoApp app = DemoApp.of(EndingFunctions.class, folder.resolve("app"));

    assertThat(check(app.folder().toString())).isEqualTo(1);
    assertThat(out.toString())
        .contains(
            "io: System.exit(…) in orchestrator 'Thinks'",
            "EndingFunctions.endBy(EndingFunctions.java:",
            "called by dev.holdfast.host.ending.EndingFunctions.thinks(EndingFunctions.java:",
            "Instead, move it into an activity.");
  }

  @Test
  void mistakes_are_told_as_json_too() throws Exception {
    DemoApp app = DemoApp.of(EndingFunctions.class, folder.resolve("app"));

    assertThat(check(app.folder().toString(), "--json")).isEqualTo(1);
    assertThat(out.toString()).startsWith("[").contains("\"rule\"", "\"io\"", "\"instead\"");
  }

  @Test
  void what_is_no_app_is_refused_with_the_reason() throws Exception {
    Path damaged = Files.createDirectories(folder.resolve("damaged"));
    Files.write(damaged.resolve("A.class"), new byte[] {1, 2, 3});

    assertThat(check(folder.resolve("nowhere").toString())).isEqualTo(CannotException.USAGE);
    assertThat(err.toString()).contains("There is nothing at");
    assertThat(check(damaged.toString())).isEqualTo(CannotException.USAGE);
    assertThat(err.toString()).contains("A.class is no class file that can be read");
  }

  @Test
  void the_page_about_the_check_has_a_row_for_each_rule() throws Exception {
    String page = Files.readString(SourceTree.root().resolve("docs/checking-code.md"));

    assertThat(Arrays.stream(Rule.values()))
        .allSatisfy(it -> assertThat(page).contains("| `" + it.word() + "` |"));
  }
}
