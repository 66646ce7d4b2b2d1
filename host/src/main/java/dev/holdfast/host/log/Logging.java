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
 * The console of the host and what is told on it.
 *
 * <p>Categories are those of the Functions host: {@code Host.…} and {@code Function.Name[.User]} at
 * Information, and {@code App.…} for what apps say through java.util.logging; everything else at
 * Warning, or Information when verbose; libraries at Warning even then. {@code logging.logLevel} of
 * host.json changes each of them by prefix, but its {@code default} does not make libraries tell
 * more: their steps are of no use to whoever runs an app.
 */
public final class Logging implements AutoCloseable {
  private static final String[] TOLD = {"Host", "Function", "App"};

  private static final String[] LIBRARIES = {
    "org.eclipse.jetty", "io.grpc", "org.sqlite", "io.github.classgraph"
  };

  /** Those that log past SLF4J, to the error stream. Kept here, or the setting is collected. */
  private static final java.util.logging.Logger[] PAST_SLF4J = {
    java.util.logging.Logger.getLogger("io.grpc"),
    java.util.logging.Logger.getLogger("io.opentelemetry"),
    java.util.logging.Logger.getLogger("io.github.classgraph")
  };

  /** They repeat what any client sends, and the client is told; such lines would fill the log. */
  private static final String[] OF_CLIENTS = {
    "org.eclipse.jetty.util.HostPort", "org.eclipse.jetty.http.HttpParser"
  };

  /** They tell every failure several times; the host says once what it means. */
  private static final String[] OF_SIGN_IN = {"com.azure", "com.microsoft.aad"};

  /**
   * They warn with stack traces of what is told anyway, and better: of messages over the limit to
   * the client, of a hub that cannot be found to the log, once.
   */
  private static final java.util.logging.Logger[] TOLD_OTHERWISE = {
    java.util.logging.Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream"),
    java.util.logging.Logger.getLogger("io.grpc.internal.ManagedChannelImpl")
  };

  private final ConsoleAppender console;
  private final JavaLogging javaLogging;

  private Logging(ConsoleAppender console) {
    this.console = console;
    this.javaLogging = JavaLogging.open();
  }

  /** Takes over the console; before it only warnings are told, as plain lines. */
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

  /**
   * Sets levels as {@code logging.logLevel} of host.json has them; words it does not know are left
   * alone.
   */
  public Logging levels(Map<String, String> byCategory) {
    Map<String, String> levels = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    levels.putAll(byCategory);
    // First, whatever the order in the file: what is said about a category beats it.
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

  /** Each record is a line of JSON from now on. */
  public Logging json(boolean wanted) {
    if (wanted) {
      console.useJson();
    }
    return this;
  }

  /**
   * Writes the log into the data folder as well, see {@link LogFile}. Where that cannot be done, it
   * is told, and the host runs on.
   *
   * @param bytes at which a file is put aside
   * @param files how many are kept besides the one that is written; 0 writes none
   * @param connected whether the host works for a hub elsewhere
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

  /** Nothing is told any more but what {@link #print} gives. */
  public void silence() {
    context().getLoggerList().forEach(it -> it.setLevel(null));
    context().getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(Level.OFF);
  }

  /** Prints as it is, in order with the log lines. */
  public void print(String text) {
    console.print(text);
  }

  /** Writes what is still to be written and lets go of the console. */
  @Override
  public void close() {
    javaLogging.close();
    console.stop();
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
