package dev.holdfast.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Defines the command line option that says where the store lives; all measurements share it. */
public final class StoreFolder {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the store lives (default: a folder that is deleted afterwards).")
  @Nullable Path data;

  /** Represents a measurement that needs a store in a folder. */
  @FunctionalInterface
  public interface Measurement<T> {
    T in(Path folder) throws IOException, InterruptedException;
  }

  /**
   * Runs the measurement in the folder, and deletes the folder afterwards unless the user named it.
   */
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
