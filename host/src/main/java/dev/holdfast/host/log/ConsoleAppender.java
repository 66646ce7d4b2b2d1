package dev.holdfast.host.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * Writes log lines and plain text to the console, in the order they were given, from a thread of
 * its own.
 *
 * <p>Thousands of functions a second each tell that they ran; formatting and writing that on their
 * threads would cost more than running them. When the console cannot keep up, callers wait: nothing
 * is dropped.
 */
final class ConsoleAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final int QUEUED = 8_192;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final String RED = "\u001B[31m";
  private static final String YELLOW = "\u001B[33m";
  private static final String PLAIN = "\u001B[0m";

  /** Ends the writer once everything before it is written. */
  private record End() {}

  private final BlockingQueue<Object> queue = new ArrayBlockingQueue<>(QUEUED);
  private final PrintStream out;
  private final boolean colors;
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

  /** Returns when everything given so far is written. */
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
  }

  /** Text that is no log line: the banner, the list of functions. */
  void print(String text) {
    if (isStarted()) {
      put(text);
    } else {
      out.print(text);
      out.flush();
    }
  }

  private void put(Object entry) {
    try {
      queue.put(entry);
    } catch (InterruptedException e) {
      // The interrupt is meant for the function that logs; its line is not worth losing it.
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
        continue; // Nobody has a reason to interrupt this thread; stop() ends it.
      }
      queue.drainTo(batch, 255);
      for (Object entry : batch) {
        ended |= entry instanceof End;
        write(entry, text);
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      out.write(bytes, 0, bytes.length);
      out.flush();
      batch.clear();
      text.setLength(0);
    }
  }

  private void write(Object entry, StringBuilder text) {
    if (entry instanceof ILoggingEvent event) {
      line(event, text);
    } else if (entry instanceof String plain) {
      text.append(plain);
    }
  }

  private void line(ILoggingEvent event, StringBuilder text) {
    String color = color(event.getLevel());
    text.append('[');
    TIME.formatTo(Instant.ofEpochMilli(event.getTimeStamp()), text);
    text.append("] ").append(color).append(event.getFormattedMessage());
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      text.append(System.lineSeparator())
          .append(ThrowableProxyUtil.asString(thrown).stripTrailing());
    }
    text.append(color.isEmpty() ? "" : PLAIN).append(System.lineSeparator());
  }

  private String color(Level level) {
    if (!colors || level.toInt() < Level.WARN_INT) {
      return "";
    }
    return level.toInt() >= Level.ERROR_INT ? RED : YELLOW;
  }
}
