package dev.holdfast.server.grpc.worker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Stands between a worker and the server and can freeze: the connection stays open, but nothing
 * comes through any more, as when the worker's process is stopped.
 */
final class Relay implements AutoCloseable {
  private final ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final int to;
  private volatile Socket near;
  private volatile Socket far;
  private volatile boolean frozen;

  Relay(int to) throws IOException {
    this.to = to;
    thread(this::serve);
  }

  int port() {
    return door.getLocalPort();
  }

  void freeze() {
    frozen = true;
  }

  private void serve() {
    try {
      Socket in = door.accept();
      near = in;
      Socket out = new Socket(InetAddress.getLoopbackAddress(), to);
      far = out;
      thread(() -> copy(in, out));
      copy(out, in);
    } catch (IOException e) {
      // Closed; there is nobody left to serve.
    }
  }

  private void copy(Socket from, Socket into) {
    byte[] buffer = new byte[8_192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = into.getOutputStream();
      int count = in.read(buffer);
      while (count >= 0) {
        if (!frozen) {
          out.write(buffer, 0, count);
        }
        count = in.read(buffer);
      }
    } catch (IOException e) {
      // One side has gone.
    }
  }

  private static void thread(Runnable work) {
    Thread thread = new Thread(work, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
    if (near != null) {
      near.close();
    }
    if (far != null) {
      far.close();
    }
  }
}
