package dev.holdfast.functions.loading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeDigestTest {
  @TempDir Path folder;

  private static String of(Path... classPath) throws IOException {
    return CodeDigest.of(List.of(classPath), List.of());
  }

  private Path classes(String name, String content) throws IOException {
    Path classes = folder.resolve(name);
    Files.createDirectories(classes.resolve("a/b"));
    Files.writeString(classes.resolve("a/b/One.class"), content);
    Files.writeString(classes.resolve("Two.class"), "two");
    return classes;
  }

  private Path jar(String name, String content, long time) throws IOException {
    Path jar = folder.resolve(name);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      ZipEntry entry = new ZipEntry("One.class");
      entry.setLastModifiedTime(FileTime.fromMillis(time));
      out.putNextEntry(entry);
      out.write(content.getBytes(java.nio.charset.StandardCharsets.UTF_8));
      out.closeEntry();
    }
    return jar;
  }

  @Test
  void the_same_classes_elsewhere_and_written_later_are_the_same_build() throws IOException {
    Path one = classes("here", "one");
    Path other = classes("there", "one");
    Files.setLastModifiedTime(other.resolve("Two.class"), FileTime.fromMillis(1_000));

    assertThat(of(one)).isEqualTo(of(other)).hasSize(32);
    assertThat(of(jar("a.jar", "one", 1_000_000_000_000L)))
        .isEqualTo(of(jar("b.jar", "one", 1_500_000_000_000L)));
  }

  @Test
  void another_class_is_another_build() throws IOException {
    Path one = classes("here", "one");
    Path other = classes("there", "One");
    Path more = classes("more", "one");
    Files.writeString(more.resolve("Three.class"), "");

    assertThat(List.of(of(one), of(other), of(more))).doesNotHaveDuplicates();
    assertThat(of(jar("a.jar", "one", 0))).isNotEqualTo(of(jar("b.jar", "One", 0)));
  }

  @Test
  void libraries_beside_the_app_and_their_order_count() throws IOException {
    Path classes = classes("here", "one");
    Path old = jar("old.jar", "1.0.0", 0);
    Path young = jar("young.jar", "1.5.0", 0);

    assertThat(
            List.of(
                of(classes), of(classes, old), of(classes, young), of(old, young), of(young, old)))
        .doesNotHaveDuplicates();
  }

  @Test
  void what_is_no_jar_counts_by_its_content() throws IOException {
    Path one = Files.writeString(folder.resolve("one.jar"), "not a jar");
    Path other = Files.writeString(folder.resolve("other.jar"), "no jar");

    assertThat(of(one)).isNotEqualTo(of(other));
    assertThat(of(one, folder.resolve("absent.jar"))).isEqualTo(of(one));
  }

  @Test
  void a_function_that_is_another_method_now_is_another_build() throws IOException {
    List<Path> code = List.of(classes("here", "one"));

    assertThat(CodeDigest.of(code, List.of("F a.B.one")))
        .isNotEqualTo(CodeDigest.of(code, List.of("F a.B.two")));
  }
}
