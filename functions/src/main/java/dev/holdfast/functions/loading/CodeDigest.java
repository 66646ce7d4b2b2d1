package dev.holdfast.functions.loading;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Distinguishes builds of an app by the content of their class folders and jars. The paths and
 * dates of the files do not matter, so a copy of the files, or the result of compiling the same
 * sources again, is the same build.
 *
 * <p>Only the table of contents of a jar is read, because it has a checksum of each entry. So even
 * a large jar costs only milliseconds.
 */
public final class CodeDigest {
  private static final int LENGTH = 16;

  private final MessageDigest digest;

  private CodeDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256.", e);
    }
  }

  /**
   * Returns the digest in hexadecimal digits.
   *
   * @param classPath the files and folders in the order in which classes are looked for
   * @param besides other texts that make a difference, such as the methods of the functions
   * @throws IOException a file cannot be read
   */
  public static String of(List<Path> classPath, List<String> besides) throws IOException {
    CodeDigest code = new CodeDigest();
    try {
      for (Path path : classPath) {
        code.add(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    besides.forEach(code::add);
    return HexFormat.of().formatHex(code.digest.digest(), 0, LENGTH);
  }

  private void add(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      add("folder");
      addFolder(path);
    } else if (Files.isRegularFile(path)) {
      add("file");
      addJar(path);
    }
  }

  private void addFolder(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files =
          all.filter(Files::isRegularFile).sorted(Comparator.comparing(Path::toString)).toList();
    }
    for (Path file : files) {
      add(folder.relativize(file).toString().replace('\\', '/'));
      addContent(file);
    }
  }

  private void addJar(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      zip.stream().sorted(Comparator.comparing(ZipEntry::getName)).forEach(this::add);
    } catch (ZipException e) {
      addContent(jar); // The file is not a jar, but it is on the class path.
    }
  }

  private void add(ZipEntry entry) {
    add(entry.getName());
    add(entry.getSize() + " " + entry.getCrc());
  }

  private void addContent(Path file) throws IOException {
    MessageDigest content = new CodeDigest().digest;
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), content)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    digest.update(content.digest());
  }

  /** Adds a text with an end mark, so that two texts in a row never look like one text. */
  private void add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }
}
