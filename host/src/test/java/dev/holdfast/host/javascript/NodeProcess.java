package dev.holdfast.host.javascript;

import dev.holdfast.host.config.PlainJson;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One of our scripts, running. It is told by lines and tells by lines; closing kills it. */
final class NodeProcess implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final BufferedWriter input;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private NodeProcess(String script, String... arguments) throws IOException, InterruptedException {
    List<String> command = new java.util.ArrayList<>();
    command.add("node");
    command.add(Node.script(script).toString());
    command.addAll(List.of(arguments));
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    input = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::readAll, "output of " + script);
    reader.setDaemon(true);
    reader.start();
  }

  /** A worker that runs everything that worker.js has. */
  static NodeProcess worker(int port) throws IOException, InterruptedException {
    return worker(port, Map.of());
  }

  /**
   * @param options of the SDK's worker, and {@code only}: the names it registers
   */
  static NodeProcess worker(int port, Map<String, ?> options)
      throws IOException, InterruptedException {
    NodeProcess worker =
        new NodeProcess("worker.js", Integer.toString(port), PlainJson.write(options));
    worker.awaitLine("ready");
    return worker;
  }

  /** A worker of which this is the whole code. It says nothing when it is ready. */
  static NodeProcess workerOf(String code) throws IOException, InterruptedException {
    Files.writeString(Node.script("copied.js"), code);
    return new NodeProcess("copied.js");
  }

  static NodeProcess client(int port) throws IOException, InterruptedException {
    return new NodeProcess("client.js", Integer.toString(port));
  }

  private void readAll() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      output.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("(output ended: " + e.getMessage() + ")");
    }
  }

  private String nextLine() throws InterruptedException {
    String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new IllegalStateException(
          "expected a line of the script, which is " + (process.isAlive() ? "silent" : "dead"));
    }
    return line;
  }

  void awaitLine(String wanted) throws InterruptedException {
    String line = nextLine();
    if (!line.equals(wanted)) {
      throw new IllegalStateException("expected '" + wanted + "', but the script said: " + line);
    }
  }

  /** What the client's method returned. */
  @Nullable Object call(String method, @Nullable Object... arguments) throws InterruptedException {
    Map<?, ?> answer = answer(method, arguments);
    if (answer.containsKey("error")) {
      throw new IllegalStateException(method + " failed: " + answer);
    }
    return answer.get("result");
  }

  /** What the client's method threw: "CODE MESSAGE", with the number of the gRPC status. */
  String refusal(String method, @Nullable Object... arguments) throws InterruptedException {
    Map<?, ?> answer = answer(method, arguments);
    if (!answer.containsKey("error")) {
      throw new IllegalStateException("expected " + method + " to fail, but got " + answer);
    }
    return answer.get("code") + " " + answer.get("error");
  }

  private Map<?, ?> answer(String method, @Nullable Object... arguments)
      throws InterruptedException {
    java.util.LinkedHashMap<String, @Nullable Object> question = new java.util.LinkedHashMap<>();
    question.put("call", method);
    question.put("args", java.util.Arrays.asList(arguments));
    try {
      input.write(PlainJson.write(question));
      input.newLine();
      input.flush();
      Object answer = PlainJson.read(nextLine());
      return (Map<?, ?>) java.util.Objects.requireNonNull(answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it as a power cut would. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
