package dev.holdfast.samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Starts one host for all tests, and gives each of them its {@link RunningApp}. */
public final class SharedHost implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RunningApp.class;
  }

  @Override
  public RunningApp resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(SharedHost.class))
        .computeIfAbsent(Shared.class, any -> new Shared(), Shared.class)
        .app;
  }

  /** Lives until the last test has ended. */
  private static final class Shared implements AutoCloseable {
    private final Path data = folder();
    private final AppHost host = AppHost.start(data, Map.of());
    private final RunningApp app = new RunningApp(host.url());

    private static Path folder() {
      try {
        return Files.createTempDirectory("holdfast");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws Exception {
      host.close();
      try (Stream<Path> files = Files.walk(data)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
