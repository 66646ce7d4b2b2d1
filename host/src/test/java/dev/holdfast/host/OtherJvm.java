package dev.holdfast.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A real process with our class path. Its output is read as it comes; closing kills it. */
public final class OtherJvm implements AutoCloseable {
  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader = new Thread(this::readAll, "output of the other JVM");

  private OtherJvm(Process process) {
    this.process = process;
    reader.setDaemon(true);
    reader.start();
  }

  public static OtherJvm start(
      List<String> jvmOptions,
      Map<String, String> environment,
      Path folder,
      String... mainAndArguments)
      throws IOException {
    return start(List.of(), jvmOptions, environment, folder, mainAndArguments);
  }

  /**
   * @param entry what the command begins with; it must become the JVM, not start it
   */
  public static OtherJvm start(
      List<String> entry,
      List<String> jvmOptions,
      Map<String, String> environment,
      Path folder,
      String... mainAndArguments)
      throws IOException {
    List<String> command = new ArrayList<>(entry);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dfile.encoding=UTF-8");
    command.addAll(jvmOptions);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.addAll(List.of(mainAndArguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).directory(folder.toFile());
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().putAll(environment);
    return new OtherJvm(builder.start());
  }

  private void readAll() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (IOException | java.io.UncheckedIOException e) {
      lines.add("(output ended: " + e.getMessage() + ")");
    }
  }

  /** What it has said so far. */
  public List<String> lines() {
    return List.copyOf(lines);
  }

  public boolean said(String words) {
    return lines.stream().anyMatch(it -> it.contains(words));
  }

  /** Returns false when it has ended and all that it said has been read. */
  public boolean isAlive() {
    return process.isAlive() || reader.isAlive();
  }

  /** Asks it to end, as a service manager does. */
  public void terminate() {
    // Process.destroy would close its output too.
    process.toHandle().destroy();
  }

  /** Ends it as a power cut would. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Waits for its end. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("expected the process to end, but it said " + lines);
    }
    reader.join();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
