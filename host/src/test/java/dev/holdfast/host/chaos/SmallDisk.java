package dev.holdfast.host.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file system of a few MiB in memory, for filling it.
 *
 * <p>It is mounted in a namespace of its own, which Linux grants to any user; where it does not, in
 * the usual way, which takes root.
 */
final class SmallDisk implements AutoCloseable {
  private static final byte[] BLOCK = new byte[64 * 1024];

  private final Path folder;

  /** Keeps the namespace; null when there is none. */
  private final @Nullable Process keeper;

  private SmallDisk(Path folder, @Nullable Process keeper) {
    this.folder = folder;
    this.keeper = keeper;
  }

  /**
   * Mounts one.
   *
   * @throws AssertionError neither way is allowed here; with what would allow it
   */
  static SmallDisk mounted(Path folder, int mebibytes) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    List<String> mount =
        List.of("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", "" + folder);
    Process keeper = keeper(mount);
    if (keeper != null) {
      return new SmallDisk(folder, keeper);
    }
    String problem = run(mount);
    if (!problem.isEmpty()) {
      throw new AssertionError(
          "A full disk cannot be tried here (mount: "
              + problem
              + "). Allow user namespaces (sysctl kernel.unprivileged_userns_clone=1, or"
              + " kernel.apparmor_restrict_unprivileged_userns=0), or run the tests as root; in a"
              + " container with --cap-add=SYS_ADMIN.");
    }
    return new SmallDisk(folder, null);
  }

  /** A process that has mounted it where nobody else sees it, and waits; null when it may not. */
  private static @Nullable Process keeper(List<String> mount) throws IOException {
    List<String> command = new ArrayList<>(List.of("unshare", "-rm", "sh", "-c"));
    command.addAll(List.of("\"$@\" && echo mounted && exec cat", "sh"));
    command.addAll(mount);
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return null; // There is no such command.
    }
    String said = process.inputReader(UTF_8).readLine();
    if ("mounted".equals(said)) {
      return process;
    }
    process.destroyForcibly();
    return null;
  }

  /** What a command must begin with so that it sees the disk. */
  List<String> entry() {
    return keeper == null
        ? List.of()
        : List.of("nsenter", "-t", "" + keeper.pid(), "-U", "-m", "--preserve-credentials");
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

  /** Where those see it who came in by {@link #entry}. */
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
    Path seen = keeper == null ? folder : Path.of("/proc/" + keeper.pid() + "/root" + folder);
    return seen.resolve("filler");
  }

  @Override
  public void close() throws IOException {
    if (keeper != null) {
      keeper.destroyForcibly();
      return;
    }
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
