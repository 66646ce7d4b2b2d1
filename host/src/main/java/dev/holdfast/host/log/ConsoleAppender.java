package dev.holdfast.host.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes log lines and plain text to the console, in the order in which they were given, from a
 * thread of its own.
 *
 * <p>Thousands of functions a second may log that they ran; formatting and writing these lines on
 * the functions' own threads would cost more than the functions themselves. When the console cannot
 * keep up, callers wait; a line is lost only when its caller is interrupted while it waits.
 */
final class ConsoleAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final int QUEUED = 8_192;
  private static final int EXIT_SECONDS = 5;
  private static final String RED = "\u001B[31m";
  private static final String YELLOW = "\u001B[33m";
  private static final String PLAIN = "\u001B[0m";

  /**
   * Before the file is opened, at most this many records are kept; they are written to the file
   * later.
   */
  private static final int EARLY_MAX = 1_000;

  /** This entry ends the writer once all entries before it are written. */
  private record End() {}

  /** This entry reports that all entries before it are written. */
  private record Written(CountDownLatch told) {}

  /** This entry makes the writer write to the file as well. */
  private record File(Appender<ILoggingEvent> appender) {}

  private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUED);
  private final PrintStream out;
  private final boolean colors;
  private volatile boolean json;
  private volatile boolean exiting;

  /**
   * Receives the records in addition to the console; only the writer thread uses this field while
   * it runs.
   */
  private @Nullable Appender<ILoggingEvent> file;

  /** Holds the records from before the file is opened; null once it is open. */
  private @Nullable List<ILoggingEvent> early = new ArrayList<>();

  private final Thread writer = new Thread(this::writeAll, "holdfast-log");

  ConsoleAppender(PrintStream out, boolean colors) {
    this.out = out;
    this.colors = colors;
    setName("console");
    writer.setDaemon(true);
  }

  @Override
  public void start() {
    super.start();
    writer.start();
  }

  /** Waits until all entries so far are written, and stops the writer. */
  @Override
  public void stop() {
    if (!isStarted()) {
      return;
    }
    super.stop();
    put(new End());
    try {
      writer.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  protected void append(ILoggingEvent event) {
    event.prepareForDeferredProcessing();
    put(event);
    if (exiting) {
      awaitWritten();
    }
  }

  /**
   * Waits until all entries so far are written. From then on, each caller waits until its own
   * record is written, because the JVM is exiting without a stop and may end its other threads at
   * any moment.
   */
  void exit() {
    exiting = true;
    awaitWritten();
  }

  /** Waits a limited time, because a console that accepts no output must not delay the exit. */
  private void awaitWritten() {
    if (!isStarted()) {
      return; // The call that stops the writer waits until all entries are written.
    }
    CountDownLatch told = new CountDownLatch(1);
    try {
      boolean written =
          queue.offer(new Written(told), EXIT_SECONDS, TimeUnit.SECONDS)
              && told.await(EXIT_SECONDS, TimeUnit.SECONDS);
      if (!written) {
        addWarn("The console takes nothing, so the last lines of the log may be missing");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes each later record as a line of JSON. */
  void useJson() {
    json = true;
  }

  /**
   * Sends the records to another appender as well, including the earlier ones; that appender stops
   * together with this one.
   */
  void alsoTo(Appender<ILoggingEvent> appender) {
    put(new File(appender));
  }

  /** Prints text that is not a log line, such as the banner or the list of functions. */
  void print(String text) {
    if (isStarted()) {
      put(text);
    } else {
      out.print(text);
      out.flush();
    }
  }

  private void put(Object entry) {
    // put() would refuse a caller that was interrupted earlier, so offer() is tried first.
    if (queue.offer(entry)) {
      return;
    }
    try {
      queue.put(entry);
    } catch (InterruptedException e) {
      // The interrupt is meant for the function that logs, so it is kept, although the line is
      // lost.
      Thread.currentThread().interrupt();
    }
  }

  private void writeAll() {
    List<Object> batch = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    boolean ended = false;
    while (!ended) {
      try {
        batch.add(queue.take());
      } catch (InterruptedException e) {
        continue; // No code interrupts this thread on purpose; stop() ends it.
      }
      queue.drainTo(batch, 255);
      ended |= batch.stream().anyMatch(End.class::isInstance);
      try {
        writeBatch(batch, text);
      } catch (Throwable e) {
        // Every caller waits for this thread once the queue is full, so the thread continues after
        // any failure.
        text = new StringBuilder("Records of the log were lost, because of ");
        text.append(e.getClass().getName()).append(System.lineSeparator());
      }
      for (Object entry : batch) {
        if (entry instanceof Written written) {
          written.told().countDown();
        }
      }
      batch.clear();
    }
    if (file != null) {
      file.stop();
    }
  }

  private void writeBatch(List<Object> batch, StringBuilder text) {
    for (Object entry : batch) {
      write(entry, text);
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    text.setLength(0);
    out.write(bytes, 0, bytes.length);
    out.flush();
  }

  private void write(Object entry, StringBuilder text) {
    if (entry instanceof ILoggingEvent event) {
      line(event, text);
    } else if (entry instanceof String plain) {
      text.append(plain);
    } else if (entry instanceof File given) {
      file = given.appender();
      if (early != null) {
        early.forEach(given.appender()::doAppend);
        early = null;
      }
    }
  }

  private void line(ILoggingEvent event, StringBuilder text) {
    if (file != null) {
      file.doAppend(event);
    } else if (early != null && early.size() < EARLY_MAX) {
      early.add(event);
    }
    if (json) {
      LogLine.json(event, text);
    } else {
      String color = color(event.getLevel());
      LogLine.text(event, text.append(color));
      text.append(color.isEmpty() ? "" : PLAIN);
    }
    text.append(System.lineSeparator());
  }

  private String color(Level level) {
    if (!colors || level.toInt() < Level.WARN_INT) {
      return "";
    }
    return level.toInt() >= Level.ERROR_INT ? RED : YELLOW;
  }
}
