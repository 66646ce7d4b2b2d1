package dev.holdfast.host;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import picocli.CommandLine;

/**
 * Runs short commands against a host that answers each request with an empty list. The launcher
 * lets the JVM that runs this write an archive of all classes it has loaded; later commands load
 * them from there.
 */
public final class CommandsRehearsal {
  private static final String REPLY =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]";

  private CommandsRehearsal() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread host = new Thread(() -> answer(socket), "rehearsal");
      host.setDaemon(true);
      host.start();
      String url = "http://127.0.0.1:" + socket.getLocalPort();
      for (String[] command :
          new String[][] {{"list", "--url", url}, {"why", "ID", "--url", url}, {"version"}}) {
        CommandLine line = Main.commandLine(command[0]);
        line.setOut(new PrintWriter(Writer.nullWriter()));
        line.setErr(new PrintWriter(Writer.nullWriter()));
        line.execute(command);
      }
    }
  }

  /** Answers until the socket is closed, which ends the rehearsal. */
  private static void answer(ServerSocket socket) {
    while (!socket.isClosed()) {
      try (Socket caller = socket.accept()) {
        BufferedReader request =
            new BufferedReader(new InputStreamReader(caller.getInputStream(), US_ASCII));
        String line = request.readLine();
        while (line != null && !line.isEmpty()) {
          line = request.readLine();
        }
        caller.getOutputStream().write(REPLY.getBytes(US_ASCII));
      } catch (IOException e) {
        // A caller went away, or the rehearsal is over.
      }
    }
  }
}
