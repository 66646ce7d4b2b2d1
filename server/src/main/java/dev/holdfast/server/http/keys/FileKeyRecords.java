package dev.holdfast.server.http.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps records in one JSON file that only its owner may read.
 *
 * <p>A change writes a new file, syncs it and moves it over the old one, under a lock that other
 * processes respect. A reader therefore sees either the old file or the new one, and a crash leaves
 * one of them intact.
 */
public final class FileKeyRecords implements KeyRecords {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** For this time, the records are used without looking at the file again. */
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * This lock serialises changes within this process. The file lock keeps other processes out, but
   * throws an exception when this process already holds it.
   */
  private static final Object ONE_AT_A_TIME = new Object();

  private final Path file;
  private final Path lockFile;
  private final LongSupplier nanoTime;
  private volatile Snapshot snapshot;

  /**
   * Creates an object for the records in a file.
   *
   * @param file the file, which need not exist yet, although its folder must
   */
  public FileKeyRecords(Path file) {
    this(file, System::nanoTime);
  }

  FileKeyRecords(Path file, LongSupplier nanoTime) {
    this.file = file.toAbsolutePath();
    this.lockFile = this.file.resolveSibling(file.getFileName() + ".lock");
    this.nanoTime = nanoTime;
    this.snapshot = new Snapshot(nanoTime.getAsLong() - FRESH_NANOS, null, Map.of());
  }

  /**
   * Holds the records as they were last read.
   *
   * @param looked the time at which the file was last checked
   * @param version the version of the file; null when there was no file
   */
  private record Snapshot(long looked, @Nullable Version version, Map<String, byte[]> records) {}

  /**
   * Identifies a state of the file. The file key (inode) changes with every write, because each
   * write makes a new file.
   */
  private record Version(FileTime modified, long size, String fileKey) {}

  @Override
  public Map<String, byte[]> all() {
    Snapshot known = snapshot;
    long now = nanoTime.getAsLong();
    return now - known.looked() < FRESH_NANOS ? known.records() : look(now);
  }

  private synchronized Map<String, byte[]> look(long now) {
    Snapshot known = snapshot;
    Version version = version();
    Map<String, byte[]> records = known.records();
    if (version == null) {
      records = known.version() == null ? records : Map.of();
    } else if (!version.equals(known.version())) {
      records = read();
    }
    snapshot = new Snapshot(now, version, records);
    return records;
  }

  @Override
  public void change(UnaryOperator<Map<String, byte[]>> change) {
    synchronized (ONE_AT_A_TIME) {
      changeLocked(change);
    }
  }

  private void changeLocked(UnaryOperator<Map<String, byte[]>> change) {
    create(lockFile);
    try (FileChannel channel = FileChannel.open(lockFile, WRITE);
        FileLock lock = channel.lock()) {
      if (!lock.isValid()) {
        throw new IllegalStateException("expected to hold the lock on " + lockFile);
      }
      write(change.apply(new TreeMap<>(look(nanoTime.getAsLong()))));
      look(nanoTime.getAsLong());
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private Map<String, byte[]> read() {
    try {
      JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
      Map<String, byte[]> read = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : tree.properties()) {
        read.put(entry.getKey(), entry.getValue().toString().getBytes(UTF_8));
      }
      return Map.copyOf(read);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(
          String.format(
              "The key file %s is not JSON. Restore it, or delete it: new keys are then made.",
              file),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          String.format("The key file %s cannot be read. Check its owner and mode.", file), e);
    }
  }

  private void write(Map<String, byte[]> all) throws IOException {
    ObjectNode tree = MAPPER.createObjectNode();
    for (Map.Entry<String, byte[]> entry : all.entrySet()) {
      tree.set(entry.getKey(), MAPPER.readTree(entry.getValue()));
    }
    byte[] bytes = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(tree);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    Files.deleteIfExists(next);
    create(next);
    try (FileChannel channel = FileChannel.open(next, WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(next, file, ATOMIC_MOVE, REPLACE_EXISTING);
    try (FileChannel folder = FileChannel.open(file.resolveSibling("."), READ)) {
      folder.force(true);
    }
  }

  /** Creates an empty file of mode 0600; an existing file stays unchanged. */
  private void create(Path path) {
    try {
      FileChannel.open(path, Set.of(CREATE_NEW, WRITE), ownerOnly(path)).close();
    } catch (FileAlreadyExistsException e) {
      // The file already exists.
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path path) {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }

  private UncheckedIOException cannotWrite(IOException e) {
    return new UncheckedIOException(
        String.format(
            "The key file %s cannot be written. Check that the data folder exists and is yours, and"
                + " that the disk is not full.",
            file),
        e);
  }

  private @Nullable Version version() {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return new Version(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
    } catch (IOException e) {
      return null;
    }
  }
}
