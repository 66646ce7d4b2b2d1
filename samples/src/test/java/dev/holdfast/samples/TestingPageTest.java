package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every piece of Java in docs/testing.md stands in a test of this module, which runs it. */
class TestingPageTest {
  private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

  @Test
  void every_block_stands_in_a_test() throws IOException {
    Path module = Path.of("").toAbsolutePath();
    String page = Files.readString(module.resolveSibling("docs").resolve("testing.md"));
    List<String> blocks = BLOCK.matcher(page).results().map(it -> bare(it.group(1))).toList();
    List<String> tests;
    try (Stream<Path> all = Files.walk(module.resolve("src/test/java"))) {
      tests =
          all.filter(it -> it.toString().endsWith("Test.java"))
              .map(TestingPageTest::read)
              .map(TestingPageTest::bare)
              .toList();
    }

    assertThat(blocks).hasSizeGreaterThanOrEqualTo(5);
    assertThat(blocks).allSatisfy(it -> assertThat(tests).anyMatch(test -> test.contains(it)));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Leaves out what is between the words. */
  private static String bare(String java) {
    return java.replaceAll("\\s+", " ").strip();
  }
}
