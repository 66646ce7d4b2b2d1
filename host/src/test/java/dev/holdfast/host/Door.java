package dev.holdfast.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Where a demo function waits until the test lets it go on. */
final class Door implements AutoCloseable {
  private final ServerSocket socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final List<Socket> waiting = new CopyOnWriteArrayList<>();

  Door() throws IOException {}

  int number() {
    return socket.getLocalPort();
  }

  /** Waits until a function stands at the door. */
  void awaitKnock() throws IOException {
    Socket visitor = socket.accept();
    visitor.getInputStream().read();
    waiting.add(visitor);
  }

  /** Lets go on whoever waits. */
  void open() throws IOException {
    for (Socket visitor : waiting) {
      visitor.getOutputStream().write('\n');
      visitor.close();
    }
    waiting.clear();
  }

  @Override
  public void close() throws IOException {
    for (Socket visitor : waiting) {
      visitor.close();
    }
    socket.close();
  }
}
