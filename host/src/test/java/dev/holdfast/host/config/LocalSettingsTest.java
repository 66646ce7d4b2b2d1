package dev.holdfast.host.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSettingsTest {
  @TempDir Path folder;

  private LocalSettings read(String json) throws IOException {
    Files.writeString(folder.resolve("local.settings.json"), json);
    return LocalSettings.read(folder);
  }

  @Test
  void no_file_means_no_settings() {
    assertThat(LocalSettings.read(folder)).isEqualTo(LocalSettings.none());
  }

  @Test
  void scalars_become_texts_and_a_missing_IsEncrypted_is_no() throws IOException {
    LocalSettings settings =
        read(
            """
            {"Values": {"A": "x", "N": 5, "B": true, "Nothing": null},
             "Host": {"LocalHttpPort": 7090, "CORS": "http://a.test, http://b.test", "CORSCredentials": true},
             "ConnectionStrings": {"Db": "Server=a", "Sql": {"ConnectionString": "Server=b", "ProviderName": "p"}}}
            """);

    assertThat(settings.values()).isEqualTo(Map.of("A", "x", "N", "5", "B", "true"));
    assertThat(settings.port()).isEqualTo(7090);
    assertThat(settings.corsOrigins()).containsExactly("http://a.test", "http://b.test");
    assertThat(settings.corsCredentials()).isTrue();
    assertThat(settings.connectionStrings()).isEqualTo(Map.of("Db", "Server=a", "Sql", "Server=b"));
  }

  @Test
  void a_misspelt_setting_stops_the_start_and_one_of_others_does_not() throws IOException {
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> read("{\"Valuess\": {}}"))
        .satisfies(e -> assertThat(e.lines()).contains("Valuess", "Did you mean 'Values'?"));
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> read("{\"Host\": {\"LocalHttpPrt\": 7099}}"))
        .satisfies(e -> assertThat(e.lines()).contains("Host.LocalHttpPrt", "'LocalHttpPort'?"));
    assertThat(read("{\"isEncrypted\": false, \"$schema\": \"x\", \"Host\": {\"cors\": \"*\"}}"))
        .isNotNull();
  }

  @Test
  void an_encrypted_file_stops_the_start() {
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> read("{\"IsEncrypted\": true, \"Values\": {}}"))
        .satisfies(e -> assertThat(e.lines()).contains("encrypted", "local.settings.json"));
  }

  @Test
  void a_nested_value_stops_the_start_and_is_named() {
    assertThatExceptionOfType(CannotException.class)
        .isThrownBy(() -> read("{\"Values\": {\"A\": \"x\", \"Deep\": {\"B\": 1}}}"))
        .satisfies(
            e ->
                assertThat(e.lines())
                    .contains("Failed to read app settings file at")
                    .contains("Values.Deep"));
  }
}
