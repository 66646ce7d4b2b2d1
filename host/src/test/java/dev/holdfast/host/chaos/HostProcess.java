package dev.holdfast.host.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.host.DemoApp;
import dev.holdfast.host.Main;
import dev.holdfast.host.OtherJvm;
import dev.holdfast.host.chaos.app.ChaosFunctions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.core.ConditionTimeoutException;

/** {@code holdfast start} as users run it: one JVM, one data folder, one port. */
final class HostProcess implements AutoCloseable {

  private final OtherJvm jvm;
  private final URI url;
  private final long begun = System.nanoTime();

  private HostProcess(OtherJvm jvm, URI url) {
    this.jvm = jvm;
    this.url = url;
  }

  /**
   * What all processes of a test have in common.
   *
   * @param entry what their command begins with
   */
  record Plan(
      Path app,
      Path data,
      int port,
      int grpcPort,
      int outsidePort,
      List<String> options,
      List<String> entry) {

    /**
     * An app in one folder and its data in another beside it.
     *
     * @param settings of {@code extensions.holdfast} in host.json
     */
    static Plan in(Path folder, OutsideWorld outside, String settings) throws IOException {
      return of(ChaosFunctions.class, folder, outside, settings, "");
    }

    /**
     * The same with another app.
     *
     * @param durable settings of {@code extensions.durableTask} in host.json
     */
    static Plan of(
        Class<?> functions, Path folder, OutsideWorld outside, String settings, String durable)
        throws IOException {
      DemoApp app = DemoApp.of(functions, folder.resolve("app"));
      app.with(
          "host.json",
          """
          {
            "version": "2.0",
            "logging": {"logLevel": {"default": "Warning", "Host.Lifecycle": "Information"}},
            "extensions": {"holdfast": {%s}, "durableTask": {%s}}
          }
          """
              .formatted(settings, durable));
      return new Plan(
          app.folder(),
          folder.resolve("data"),
          freePort(),
          0,
          outside.port(),
          List.of(),
          List.of());
    }

    /** The same, with these arguments at the end of the command. */
    Plan with(String... further) {
      return new Plan(app, data, port, grpcPort, outsidePort, List.of(further), entry);
    }

    /** The same, with its data on that disk. */
    Plan withData(SmallDisk disk) {
      return new Plan(
          app, disk.folder().resolve("data"), port, grpcPort, outsidePort, options, disk.entry());
    }

    /** The same, with another port; 0 is any. */
    Plan withPort(int other) {
      return new Plan(app, data, other, grpcPort, outsidePort, options, entry);
    }

    /** A host without an app, for workers, beside this one. */
    Plan engineOnly() {
      return new Plan(
          app,
          data.resolveSibling("hub"),
          freePort(),
          freePort(),
          outsidePort,
          List.of("--engine-only"),
          entry);
    }

    boolean isEngineOnly() {
      return options.contains("--engine-only");
    }

    /**
     * Below the ports that the system gives to clients: a client that tries again and again to
     * connect to one of those while nobody listens ends up connected to itself.
     */
    private static int freePort() {
      Random random = new Random();
      int port;
      do {
        port = 15_000 + random.nextInt(15_000);
      } while (!isFree(port));
      return port;
    }

    private static boolean isFree(int port) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return true;
      } catch (IOException e) {
        return false;
      }
    }

    URI url() {
      return URI.create("http://127.0.0.1:" + port);
    }
  }

  /** Starts a process and does not wait for it. */
  static HostProcess begin(Plan plan, int life) throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.add(Main.class.getName());
    arguments.add("start");
    if (!plan.isEngineOnly()) {
      arguments.add(plan.app().toString());
    }
    arguments.addAll(List.of("--data", plan.data().toString(), "--port", "" + plan.port()));
    arguments.addAll(List.of("--grpc-port", "" + plan.grpcPort()));
    arguments.addAll(plan.options());
    OtherJvm jvm =
        OtherJvm.start(
            plan.entry(),
            List.of(
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--add-opens",
                "java.base/java.util=ALL-UNNAMED",
                "-Dchaos.life=" + life,
                "-Dchaos.outside=" + plan.outsidePort()),
            Map.of(),
            plan.app(),
            arguments.toArray(String[]::new));
    return new HostProcess(jvm, plan.url());
  }

  /** Starts a process and waits until it serves. */
  static HostProcess start(Plan plan, int life) throws IOException {
    HostProcess process = begin(plan, life);
    process.awaitReady();
    return process;
  }

  /**
   * Returns when it serves.
   *
   * @throws AssertionError it ended, or takes far too long; with what it said and what it does
   */
  Duration awaitReady() throws IOException {
    try {
      Patience.await().until(() -> isReady() || !jvm.isAlive());
    } catch (ConditionTimeoutException e) {
      String threads = threads();
      close();
      throw new AssertionError("the host does not get ready: " + said() + "\n" + threads, e);
    }
    if (!isReady()) {
      throw new AssertionError("the host ended at its start: " + said());
    }
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  boolean isReady() {
    return jvm.said("Ready after ");
  }

  URI url() {
    return url;
  }

  long pid() {
    return jvm.handle().pid();
  }

  boolean isAlive() {
    return jvm.isAlive();
  }

  /** As a power cut would. */
  void kill() throws InterruptedException {
    jvm.kill();
  }

  /** As a service manager would. */
  void terminate() {
    jvm.terminate();
  }

  int exitCode() throws InterruptedException {
    return jvm.exitCode();
  }

  /** Ends it in peace. */
  void stop() throws InterruptedException {
    terminate();
    int code = exitCode();
    if (code != 0) {
      throw new AssertionError("expected exit code 0, but it was " + code + ": " + said());
    }
  }

  /** All that it has written, one line each. */
  String said() {
    return String.join(System.lineSeparator(), jvm.lines());
  }

  /** Lines that tell of a bug of ours. */
  List<String> complaints() {
    return jvm.lines().stream()
        .filter(
            it ->
                it.contains("should not happen")
                    || it.contains(" fail: ")
                    || it.contains(" crit: "))
        .toList();
  }

  /** What each of its threads is doing. */
  String threads() throws IOException {
    Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process dump =
        new ProcessBuilder(tool.toString(), "" + pid(), "Thread.print", "-l")
            .redirectErrorStream(true)
            .start();
    return new String(dump.getInputStream().readAllBytes(), UTF_8);
  }

  @Override
  public void close() {
    jvm.close();
  }
}
