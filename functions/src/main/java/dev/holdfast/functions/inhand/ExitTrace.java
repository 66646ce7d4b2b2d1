package dev.holdfast.functions.inhand;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether a process ended itself or was killed. The JVM records its own exit, even after
 * {@code Runtime.halt}, and its own crash; a process that is killed from outside cannot record
 * anything.
 */
final class ExitTrace {
  private static final Logger LOGGER = LoggerFactory.getLogger("Host.Functions");
  private static final String OPERATION_OF_EXIT = ": Exit,";

  private ExitTrace() {}

  /**
   * Lets this JVM record its exit in the file. The call takes a few hundred milliseconds, so it is
   * made only when the record matters.
   *
   * @return whether the exit will be recorded
   */
  static boolean begin(Path file) {
    try {
      Files.deleteIfExists(file);
      // The JVM's log of VM operations has a few lines for each garbage collection and one line for
      // the exit.
      String[] options = {
        "output=\"file=" + file + "\"",
        "what=vmoperation=debug",
        "decorators=none",
        "output_options=filecount=1,filesize=1m"
      };
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "vmLog",
              new Object[] {options},
              new String[] {String[].class.getName()});
      return Files.exists(file);
    } catch (JMException | IOException | RuntimeException | LinkageError e) {
      LOGGER.debug("This JVM cannot write down its exit.", e);
      return false;
    }
  }

  /** Returns whether the file shows that the process which wrote it ended itself. */
  static boolean tellsOfExit(Path file) {
    try {
      return Files.exists(file)
          && Files.readString(file, StandardCharsets.ISO_8859_1).contains(OPERATION_OF_EXIT);
    } catch (IOException e) {
      LOGGER.debug("{} cannot be read.", file, e);
      return false;
    }
  }

  /**
   * Returns whether the JVM of the process that left these remains has crashed, which shows in a
   * crash report in one of the usual places.
   */
  static boolean hasCrashed(NoteFile.Remains remains) {
    String report = "hs_err_pid" + remains.pid() + ".log";
    return isSince(Path.of(remains.folder(), report), remains.since())
        || isSince(Path.of(System.getProperty("java.io.tmpdir"), report), remains.since());
  }

  private static boolean isSince(Path file, long since) {
    try {
      return Files.exists(file)
          && !Files.getLastModifiedTime(file).toInstant().isBefore(Instant.ofEpochMilli(since));
    } catch (IOException e) {
      LOGGER.debug("{} cannot be looked at.", file, e);
      return false;
    }
  }
}
