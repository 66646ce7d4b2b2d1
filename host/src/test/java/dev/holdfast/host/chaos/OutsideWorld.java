package dev.holdfast.host.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * What activities have an effect on. It outlives the processes in which they run, and remembers in
 * which of their lives each was attempted.
 */
final class OutsideWorld implements AutoCloseable {
  private final ServerSocket socket = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, List<Integer>> lives = new ConcurrentHashMap<>();

  private volatile CountDownLatch open = new CountDownLatch(0);
  private final Semaphore held = new Semaphore(0);

  OutsideWorld() throws IOException {
    threads.execute(this::acceptAll);
  }

  int port() {
    return socket.getLocalPort();
  }

  private void acceptAll() {
    while (true) {
      try {
        Socket visitor = socket.accept();
        threads.execute(() -> hear(visitor));
      } catch (SocketException e) {
        return;
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private void hear(Socket visitor) {
    try (visitor) {
      String line =
          new BufferedReader(new InputStreamReader(visitor.getInputStream(), UTF_8)).readLine();
      if (line == null) {
        return; // The process died before it had said anything.
      }
      int blank = line.indexOf(' ');
      int life = Integer.parseInt(line.substring(0, blank));
      lives.compute(
          line.substring(blank + 1),
          (key, before) -> {
            List<Integer> all = before == null ? new ArrayList<>() : new ArrayList<>(before);
            all.add(life);
            return List.copyOf(all);
          });
      CountDownLatch now = open;
      if (now.getCount() > 0) {
        held.release();
        now.await();
      }
      visitor.getOutputStream().write('\n');
    } catch (IOException e) {
      return; // The process died meanwhile; what it did is done.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** From now on activities take until {@link #release}. */
  void hold() {
    open = new CountDownLatch(1);
  }

  /** Returns when an activity is held. */
  void awaitHeld() throws InterruptedException {
    held.acquire();
  }

  /** Lets go on all that are held, and those to come. */
  void release() {
    open.countDown();
  }

  /** The lives in which each activity was attempted, by its key; one entry for each attempt. */
  Map<String, List<Integer>> attempts() {
    return Map.copyOf(lives);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    threads.shutdownNow();
  }
}
