package dev.holdfast.host.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.host.cli.RemoteHost.Target;
import dev.holdfast.host.config.CannotException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom a command speaks to when nobody names a URL. */
class ConnectionTest {
  private static final URI URL = URI.create("http://localhost:7999");

  @TempDir Path folder;

  @Test
  void it_is_the_host_that_left_a_note() throws IOException {
    new DataFolder(folder).announce(URL, "id-1");

    assertThat(Connection.target(new DataFolder(folder), false))
        .isEqualTo(new Target(URL, "id-1", folder));
  }

  @Test
  void without_any_folder_it_is_the_usual_port() {
    DataFolder none = new DataFolder(folder.resolve("data"));

    assertThat(Connection.target(none, false))
        .isEqualTo(Target.of(URI.create("http://localhost:7071")));
  }

  @Test
  void a_folder_that_somebody_named_or_that_is_there_means_its_own_host_only() throws IOException {
    refused(new DataFolder(folder.resolve("data")), true);
    refused(new DataFolder(folder), true);
    refused(new DataFolder(folder), false);
    Files.writeString(folder.resolve("host.url"), "\n");
    refused(new DataFolder(folder), false);
  }

  private static void refused(DataFolder data, boolean isNamed) {
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> Connection.target(data, isNamed))
        .satisfies(
            e -> assertThat(e.exitCode()).isEqualTo(1),
            e -> assertThat(e.what()).isEqualTo("No host uses " + data.path() + "."));
  }

  @Test
  void a_host_takes_away_its_own_note_only() throws IOException {
    DataFolder data = new DataFolder(folder);
    data.announce(URL, "id-2");

    data.withdraw("id-1");
    assertThat(data.announced()).hasValue(new DataFolder.Announcement(URL, "id-2"));
    data.withdraw("id-2");
    assertThat(data.announced()).isEmpty();
  }
}
