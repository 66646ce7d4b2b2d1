package dev.holdfast.host.doctor;

import dev.holdfast.core.StoreException;
import dev.holdfast.engine.Engine;
import dev.holdfast.host.cli.DataFolder;
import dev.holdfast.stores.sqlite.SqliteFiles;
import dev.holdfast.stores.sqlite.SqliteFiles.KnownTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Looks at the data folder, its disk, and the clock of the hub in it. */
final class Disk {
  private static final long ROOM_MIN = 1L << 30;
  private static final int SYNCS = 20;
  private static final Duration SYNC_SLOW = Duration.ofMillis(10);
  private static final Set<String> REMOTE =
      Set.of("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afpfs");
  private static final Set<String> FORGETFUL = Set.of("tmpfs", "ramfs");

  private Disk() {}

  static List<Finding> look(DataFolder folder) {
    Path there = nearest(folder.path());
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      return List.of(
          Finding.problem(
              "data folder",
              "The folder "
                  + folder.path()
                  + " cannot be written: "
                  + there
                  + " does not allow it.",
              "Change the owner of that folder, or choose another one with --data."));
    }
    List<Finding> findings = new ArrayList<>();
    try {
      FileStore store = Files.getFileStore(there);
      findings.add(room(folder.path(), store.getUsableSpace()));
      findings.add(kind(store.type().toLowerCase(Locale.ROOT)));
      findings.add(sync(medianSync(there)));
    } catch (IOException e) {
      findings.add(
          Finding.problem(
              "data folder",
              "The disk of " + there + " does not do what it should: " + e,
              "Look at the disk, or choose another folder with --data."));
    }
    if (folder.hasHub()) {
      findings.add(clock(folder.path()));
    }
    return findings;
  }

  /** Returns the folder itself, or the nearest one above it that exists. */
  private static Path nearest(Path folder) {
    Path there = folder;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return there;
  }

  static Finding room(Path folder, long bytes) {
    String what = "The disk of " + folder + " has " + (bytes >> 20) + " MiB left.";
    return bytes >= ROOM_MIN
        ? Finding.ok("data folder", what)
        : Finding.warning(
            "data folder",
            what,
            "Make room: a host whose disk is full stops taking work. 'holdfast purge' removes ended"
                + " instances.");
  }

  static Finding kind(String type) {
    if (REMOTE.contains(type)) {
      return Finding.problem(
          "file system",
          "The data folder is on a network file system (" + type + "), whose locks are not safe.",
          "Choose a folder on a disk of this machine with --data.");
    }
    if (FORGETFUL.contains(type)) {
      return Finding.warning(
          "file system",
          "The data folder is in memory (" + type + ") and is lost when the machine stops.",
          "Choose a folder on a disk with --data, unless that is intended.");
    }
    return Finding.ok(
        "file system", "The data folder is on a file system of this machine (" + type + ").");
  }

  static Finding sync(Duration median) {
    String what =
        String.format(Locale.ROOT, "A synced write takes %.2f ms.", median.toNanos() / 1e6);
    return median.compareTo(SYNC_SLOW) <= 0
        ? Finding.ok("disk sync", what)
        : Finding.warning(
            "disk sync",
            what,
            "Each step of an instance waits for one synced write; a faster disk makes all instances"
                + " faster.");
  }

  private static Duration medianSync(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "holdfast-doctor", ".tmp");
    long[] times = new long[SYNCS];
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (int i = 0; i < SYNCS; i++) {
        long begin = System.nanoTime();
        channel.write(ByteBuffer.allocate(4096));
        channel.force(false);
        times[i] = System.nanoTime() - begin;
      }
    } finally {
      Files.delete(file);
    }
    Arrays.sort(times);
    return Duration.ofNanos(times[SYNCS / 2]);
  }

  private static Finding clock(Path folder) {
    KnownTime known;
    try {
      known = SqliteFiles.knownTime(folder, Engine.HUB, Engine.AHEAD_BY_RIGHT);
    } catch (StoreException e) {
      return Finding.problem(
          "hub",
          String.valueOf(e.getMessage()),
          "'holdfast verify' looks at every page of the hub.");
    }
    String problem = Engine.clockProblem(Instant.now(), known.clock(), known.record());
    return problem == null
        ? Finding.ok("clock", "The clocks of the machine and of the hub agree.")
        : Finding.problem(
            "clock",
            problem,
            "Set this machine's clock right; or, if it is right, run 'holdfast clock --confirm'.");
  }
}
