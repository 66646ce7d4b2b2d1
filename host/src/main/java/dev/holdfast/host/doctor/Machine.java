package dev.holdfast.host.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks at Java and at the port. */
final class Machine {
  private static final int JAVA_NEEDED = 17;

  private Machine() {}

  /**
   * Tells which Java runs, and whether it has a compiler.
   *
   * @param version the feature version, for example 17
   * @param home the folder of this Java
   */
  static Finding java(int version, Path home) {
    String what = "Java " + version + " in " + home;
    if (version < JAVA_NEEDED) {
      return Finding.problem(
          "Java", what + " is too old.", "Install Java 17 or later and set JAVA_HOME to it.");
    }
    boolean compiler =
        Files.exists(home.resolve("bin/javac")) || Files.exists(home.resolve("bin/javac.exe"));
    return compiler
        ? Finding.ok("Java", what + ", with a compiler.")
        : Finding.warning(
            "Java",
            what + " has no compiler, so it runs apps but builds none.",
            "To build apps here, install a JDK and set JAVA_HOME to it.");
  }

  /**
   * Tells whether a host can listen on a port of loopback.
   *
   * @param ours whether a host announced itself on this port
   */
  static Finding port(int port, boolean ours) {
    if (ours) {
      return Finding.ok("port", "The host of the data folder listens on port " + port + ".");
    }
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return Finding.ok("port", "Port " + port + " is free.");
    } catch (IOException e) {
      return Finding.problem(
          "port",
          "Another program listens on port " + port + ".",
          "Stop it, or start the host with --port and another number; 0 takes any free port.");
    }
  }
}
