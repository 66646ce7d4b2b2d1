package dev.holdfast.host.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A file system of a few MiB in memory, for filling it. */
final class SmallDisk implements AutoCloseable {
  private static final byte[] BLOCK = new byte[64 * 1024];

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one; where that is not allowed, the test is aborted with a word on how to allow it. */
  static SmallDisk mounted(Path folder, int mebibytes) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    String problem =
        run(List.of("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", "" + folder));
    if (!problem.isEmpty()) {
      String cure =
          "A full disk cannot be tried here (mount: "
              + problem
              + "). Run this test as root on Linux, in a container with --cap-add=SYS_ADMIN.";
      System.out.println(cure);
      Assumptions.abort(cure);
    }
    return new SmallDisk(folder);
  }

  /** What the command complains about; empty when it has done its work. */
  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return String.valueOf(e.getMessage()); // There is no such command.
    }
    String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    return process.waitFor() == 0 ? "" : said + " ";
  }

  Path folder() {
    return folder;
  }

  /** Takes all the room there is left, as another program might. */
  void fill() throws IOException {
    try (OutputStream out = Files.newOutputStream(filler())) {
      for (int size = BLOCK.length; size > 0; size = fits(out, size) ? size : size / 2) {
        // As much as fits, in ever smaller pieces.
      }
    }
  }

  private static boolean fits(OutputStream out, int size) {
    try {
      out.write(BLOCK, 0, size);
      return true;
    } catch (IOException e) {
      return false; // No space left on the device.
    }
  }

  /** Gives the room back. */
  void clear() throws IOException {
    Files.delete(filler());
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  @Override
  public void close() throws IOException {
    try {
      String problem = run(List.of("umount", "-l", folder.toString()));
      if (!problem.isEmpty()) {
        throw new IOException("cannot unmount " + folder + ": " + problem);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
