package dev.holdfast.host.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.Duration;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes and finds the log of a host in its data folder: one JSON record in each line, in files
 * whose total size is bounded. {@code holdfast logs} reads them.
 */
public final class LogFile {
  private static final String FOLDER = "log";
  private static final String NAME = "holdfast.log";

  /**
   * A host that works for a remote hub writes to this file, because another host may use the same
   * folder.
   */
  private static final String CONNECTED = "connected.log";

  /**
   * The size of a file is checked at this interval, in milliseconds; in between, the file may grow
   * beyond its limit.
   */
  private static final long LOOK_MILLIS = 1_000;

  private static final Pattern ASIDE = Pattern.compile("(.+?\\.log)(?:\\.([0-9]{1,8}))?");

  private LogFile() {}

  /**
   * Opens the log for appending.
   *
   * @param dataFolder the data folder of the host
   * @param bytes the size at which a file is rotated
   * @param files how many rotated files are kept besides the current one
   * @param connected whether the host works for a remote hub
   * @throws IOException the folder cannot be created
   */
  static RollingFileAppender<ILoggingEvent> open(
      LoggerContext context, Path dataFolder, long bytes, int files, boolean connected)
      throws IOException {
    String name = connected ? CONNECTED : NAME;
    Path folder = Files.createDirectories(dataFolder.resolve(FOLDER));
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(folder.resolve(name).toString());
    appender.setEncoder(new Lines());
    FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
    rolling.setContext(context);
    rolling.setParent(appender);
    rolling.setFileNamePattern(folder.resolve(name) + ".%i");
    rolling.setMinIndex(1);
    rolling.setMaxIndex(files);
    rolling.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
    trigger.setContext(context);
    trigger.setMaxFileSize(new FileSize(bytes));
    trigger.setCheckIncrement(Duration.buildByMilliseconds(LOOK_MILLIS));
    trigger.start();
    appender.setRollingPolicy(rolling);
    appender.setTriggeringPolicy(trigger);
    appender.start();
    return appender;
  }

  /**
   * Returns the log files in a data folder. The files of each host stand together, beginning with
   * the oldest.
   *
   * @throws IOException the folder cannot be read
   */
  public static List<Path> in(Path dataFolder) throws IOException {
    Path folder = dataFolder.resolve(FOLDER);
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      files.addAll(of(folder, NAME));
      files.addAll(of(folder, CONNECTED));
    }
    return files;
  }

  /**
   * Returns the files of one log. A process that dies during a rotation leaves a gap in their
   * numbers, so all numbers are looked for.
   */
  private static List<Path> of(Path folder, String name) throws IOException {
    SortedMap<Integer, Path> byNumber = new TreeMap<>(Comparator.reverseOrder());
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        Matcher aside = ASIDE.matcher(file.getFileName().toString());
        if (aside.matches() && aside.group(1).equals(name)) {
          byNumber.put(aside.group(2) == null ? 0 : Integer.parseInt(aside.group(2)), file);
        }
      }
    }
    return List.copyOf(byNumber.values());
  }

  private static final class Lines extends EncoderBase<ILoggingEvent> {
    private static final byte[] NOTHING = {};

    @Override
    public byte[] headerBytes() {
      return NOTHING;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      StringBuilder line = new StringBuilder(256);
      LogLine.json(event, line);
      return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
      return NOTHING;
    }
  }
}
