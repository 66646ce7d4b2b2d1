package dev.holdfast.host.chaos;

import dev.holdfast.host.OtherJvm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A {@link WorkerMain} with a wire of its own to the host, and what can befall it. */
final class WorkerProcess implements AutoCloseable {
  private final OtherJvm jvm;
  private final Wire wire;
  private final ServerSocket gate = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private @Nullable Socket held;
  private boolean frozen;

  WorkerProcess(Path folder, int grpcPort, String holdsAt) throws IOException {
    wire = new Wire(grpcPort);
    jvm =
        OtherJvm.start(
            List.of("-Xmx128m", "-XX:+UseSerialGC"),
            Map.of(),
            folder,
            WorkerMain.class.getName(),
            "" + wire.port(),
            holdsAt,
            "" + gate.getLocalPort());
  }

  /** Returns when it has come to where it holds. */
  void awaitHeld() throws IOException {
    gate.setSoTimeout(60_000);
    held = gate.accept();
  }

  /** Lets it go on from where it holds. */
  void letGo() throws IOException {
    if (held != null) {
      held.close();
    }
  }

  void kill() throws InterruptedException {
    jvm.kill();
  }

  void cut() throws IOException {
    wire.cut();
  }

  void freeze() throws IOException, InterruptedException {
    signal("STOP");
    frozen = true;
  }

  void thaw() throws IOException, InterruptedException {
    signal("CONT");
    frozen = false;
  }

  boolean isFrozen() {
    return frozen;
  }

  private void signal(String name) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("kill", "-" + name, "" + jvm.handle().pid())
            .inheritIO()
            .start()
            .waitFor();
    if (code != 0) {
      throw new IllegalStateException("expected kill to succeed, but it ended with " + code);
    }
  }

  String said() {
    return String.join("\n", jvm.lines());
  }

  @Override
  public void close() throws IOException {
    jvm.close();
    wire.close();
    gate.close();
    letGo();
  }
}
