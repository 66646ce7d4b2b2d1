package dev.holdfast.host.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No limit without a word about it. */
class ConfigurationPageTest {

  @Test
  void every_limit_is_on_the_page_about_configuration() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "configuration.md"));
    List<String> names =
        Stream.of(Limits.class, dev.holdfast.core.Limits.class)
            .flatMap(it -> Arrays.stream(it.getRecordComponents()))
            .filter(it -> it.getType() != dev.holdfast.core.Limits.class)
            .map(RecordComponent::getName)
            .toList();

    assertThat(names).hasSizeGreaterThan(15).contains("drainFor", "payloadMax");
    assertThat(names).allSatisfy(name -> assertThat(page).contains("`" + name));
  }
}
