package dev.holdfast.host.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Owns the console of the host and the log that is written to it.
 *
 * <p>The categories are those of the Functions host: {@code Host.…} and {@code
 * Function.Name[.User]} at Information, and {@code App.…} for records that apps log through
 * java.util.logging. Every other category is at Warning, or Information when verbose; libraries
 * stay at Warning even then. {@code logging.logLevel} of host.json changes each of them by prefix,
 * but its {@code default} does not raise the level of libraries: their details are of no use to the
 * operator of an app.
 */
public final class Logging implements AutoCloseable {
  private static final String[] TOLD = {"Host", "Function", "App"};

  private static final String[] LIBRARIES = {
    "org.eclipse.jetty", "io.grpc", "org.sqlite", "io.github.classgraph"
  };

  /**
   * These libraries bypass SLF4J and log to the error stream. This field keeps their loggers,
   * because the settings of a logger are lost when it is garbage collected.
   */
  private static final java.util.logging.Logger[] PAST_SLF4J = {
    java.util.logging.Logger.getLogger("io.grpc"),
    java.util.logging.Logger.getLogger("io.opentelemetry"),
    java.util.logging.Logger.getLogger("io.github.classgraph")
  };

  /**
   * These loggers report faulty requests of clients. They are silenced because the reply tells the
   * client anyway, and because any client could otherwise fill the log.
   */
  private static final String[] OF_CLIENTS = {
    "org.eclipse.jetty.util.HostPort", "org.eclipse.jetty.http.HttpParser"
  };

  /**
   * These libraries do the signing in. They log every failure several times, and the host logs its
   * meaning once.
   */
  private static final String[] OF_SIGN_IN = {"com.azure", "com.microsoft.aad"};

  /**
   * These libraries log stack traces of failures that the host reports in a better way: a client
   * learns that its message exceeds the limit, and the log says once that a hub cannot be found.
   */
  private static final java.util.logging.Logger[] TOLD_OTHERWISE = {
    java.util.logging.Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream"),
    java.util.logging.Logger.getLogger("io.grpc.internal.ManagedChannelImpl")
  };

  private final ConsoleAppender console;
  private final JavaLogging javaLogging;
  private final Thread atExit = new Thread(this::exit, "holdfast-log-exit");

  private Logging(ConsoleAppender console) {
    this.console = console;
    this.javaLogging = JavaLogging.open();
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /**
   * Writes the lines that were logged before user code ended the process, and the lines of other
   * shutdown hooks, independently of the order in which the hooks run.
   */
  void exit() {
    console.exit();
  }

  /** Takes over the console; before this call only warnings are logged, as plain lines. */
  public static Logging open(PrintStream out, boolean colors, boolean verbose) {
    ConsoleAppender console = new ConsoleAppender(out, colors);
    LoggerContext context = context();
    console.setContext(context);
    console.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(console);
    root.setLevel(verbose ? Level.INFO : Level.WARN);
    for (String category : TOLD) {
      context.getLogger(category).setLevel(Level.INFO);
    }
    for (String category : LIBRARIES) {
      context.getLogger(category).setLevel(Level.WARN);
    }
    for (String category : OF_CLIENTS) {
      context.getLogger(category).setLevel(Level.ERROR);
    }
    for (String category : OF_SIGN_IN) {
      context.getLogger(category).setLevel(verbose ? Level.WARN : Level.OFF);
    }
    for (java.util.logging.Logger logger : PAST_SLF4J) {
      logger.setLevel(java.util.logging.Level.WARNING);
    }
    for (java.util.logging.Logger logger : TOLD_OTHERWISE) {
      logger.setLevel(java.util.logging.Level.SEVERE);
    }
    return new Logging(console);
  }

  /** Sets levels as {@code logging.logLevel} of host.json gives them; unknown words are ignored. */
  public Logging levels(Map<String, String> byCategory) {
    Map<String, String> levels = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    levels.putAll(byCategory);
    // The default is set first, independently of the order in the file, so that each category
    // overrides it.
    String others = levels.remove("default");
    if (others != null) {
      set(org.slf4j.Logger.ROOT_LOGGER_NAME, others);
      for (String category : TOLD) {
        set(category, others);
      }
    }
    levels.forEach(Logging::set);
    return this;
  }

  /** Writes each later record as a line of JSON if {@code wanted} is true. */
  public Logging json(boolean wanted) {
    if (wanted) {
      console.useJson();
    }
    return this;
  }

  /**
   * Writes the log into the data folder as well, see {@link LogFile}. A failure to open a file is
   * logged, and the host continues.
   *
   * @param bytes the size at which a file is rotated
   * @param files how many rotated files are kept besides the current one; 0 means that no files are
   *     written
   * @param connected whether the host works for a remote hub
   */
  public void keep(Path dataFolder, long bytes, int files, boolean connected) {
    if (files == 0) {
      return;
    }
    try {
      console.alsoTo(LogFile.open(context(), dataFolder, bytes, files, connected));
    } catch (IOException e) {
      LoggerFactory.getLogger("Host.Log")
          .warn("The log cannot be kept in {}; 'holdfast logs' will not find it.", dataFolder, e);
    }
  }

  private static void set(String category, String word) {
    Level level = level(word);
    if (level != null) {
      context().getLogger(category).setLevel(level);
    }
  }

  /** Switches every category off, so that only the text of {@link #print} appears. */
  public void silence() {
    context().getLoggerList().forEach(it -> it.setLevel(null));
    context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
  }

  /** Prints text unchanged, in order with the log lines. */
  public void print(String text) {
    console.print(text);
  }

  /** Writes the remaining lines and releases the console. */
  @Override
  public void close() {
    javaLogging.close();
    console.stop();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is already exiting; the hook finds a stopped console.
      return;
    }
  }

  private static LoggerContext context() {
    return (LoggerContext) LoggerFactory.getILoggerFactory();
  }

  private static @Nullable Level level(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "trace" -> Level.TRACE;
      case "debug" -> Level.DEBUG;
      case "information" -> Level.INFO;
      case "warning" -> Level.WARN;
      case "error", "critical" -> Level.ERROR;
      case "none" -> Level.OFF;
      default -> null;
    };
  }
}
