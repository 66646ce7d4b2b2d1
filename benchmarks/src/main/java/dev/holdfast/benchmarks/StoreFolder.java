package dev.holdfast.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Adds the option of all measurements that says where the store lives. */
public final class StoreFolder {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the store lives (default: a folder that is deleted afterwards).")
  @Nullable Path data;

  /** Measures something with a store in the folder. */
  @FunctionalInterface
  public interface Measurement<T> {
    T in(Path folder) throws IOException, InterruptedException;
  }

  /** Measures in the folder, and deletes it afterwards unless the user named it. */
  public <T> T use(Measurement<T> measurement) throws IOException, InterruptedException {
    if (data != null) {
      return measurement.in(data);
    }
    Path folder = Files.createTempDirectory("holdfast-bench");
    try {
      return measurement.in(folder);
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(
              file -> {
                try {
                  Files.delete(file);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
