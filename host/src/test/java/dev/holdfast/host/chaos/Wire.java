package dev.holdfast.host.chaos;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a port of this machine that can be cut; whoever connects again gets through again. */
final class Wire implements AutoCloseable {
  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final int to;

  Wire(int to) throws IOException {
    this.to = to;
    thread(this::serve);
  }

  int port() {
    return door.getLocalPort();
  }

  /** Ends every connection that there is, without a word to either side. */
  void cut() throws IOException {
    for (Socket socket : List.copyOf(sockets)) {
      sockets.remove(socket);
      socket.close();
    }
  }

  private void serve() {
    while (!door.isClosed()) {
      try {
        Socket near = door.accept();
        Socket far = new Socket(InetAddress.getLoopbackAddress(), to);
        sockets.add(near);
        sockets.add(far);
        thread(() -> copy(near, far));
        thread(() -> copy(far, near));
      } catch (IOException e) {
        // Closed, or the host is not there; the next one may have more luck.
      }
    }
  }

  private void copy(Socket from, Socket into) {
    try (from;
        into) {
      from.getInputStream().transferTo(into.getOutputStream());
    } catch (IOException e) {
      // Cut.
    }
    sockets.remove(from);
    sockets.remove(into);
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "wire");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    cut();
  }
}
