package dev.holdfast.host.chaos;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.stores.sqlite.SqliteFiles;
import dev.holdfast.stores.sqlite.SqliteOptions;
import dev.holdfast.stores.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the files of a killed host hold, looked at in copies: so the next life finds them as the
 * kill has left them.
 */
final class StoreCopies {
  private static final int PAGE = 500;
  private static final List<String> FILES = List.of("holdfast.db", "holdfast.db-wal");

  private final Path data;
  private final Path copies;
  private final Judge judge;
  private Map<Long, Execution> last = Map.of();
  private final Set<String> replaced = new HashSet<>();
  private int looks;

  private record Execution(String instanceId, boolean ended, ByteString history) {}

  StoreCopies(Path data, Path copies, Judge judge) {
    this.data = data;
    this.copies = copies;
    this.judge = judge;
  }

  /** Compares the files with those of the last look. The host must not run. */
  void look() throws IOException {
    Path copy = Files.createDirectories(copies.resolve("look" + ++looks));
    for (String file : FILES) {
      if (Files.exists(data.resolve(file))) {
        Files.copy(data.resolve(file), copy.resolve(file));
      }
    }
    Map<Long, Execution> now = new HashMap<>();
    try (SqliteStore store = SqliteStore.open(SqliteOptions.in(copy))) {
      read(store, now);
    }
    for (String finding : SqliteFiles.verify(copy).findings()) {
      judge.wrong("I3 the files after life " + looks + ": " + finding);
    }
    last.forEach((key, before) -> compare(before, now.get(key), now));
    last = now;
    for (String file : FILES) {
      Files.deleteIfExists(copy.resolve(file));
    }
  }

  private static void read(SqliteStore store, Map<Long, Execution> into) {
    Store.Place after = Store.Place.START;
    while (true) {
      List<Rows.Instance> page = store.query(Store.Query.all(PAGE).after(after));
      if (page.isEmpty()) {
        return;
      }
      after = Store.Place.of(page.get(page.size() - 1));
      for (Store.Stored stored :
          store.loadByKey(page.stream().map(Rows.Instance::key).toList(), Store.Detail.ALL)) {
        ByteString history =
            stored.history().stream()
                .map(Rows.History::bytes)
                .reduce(ByteString.EMPTY, ByteString::concat);
        Rows.Instance row = stored.instance();
        into.put(row.key(), new Execution(row.id(), row.completedAt() != 0, history));
      }
    }
  }

  private void compare(
      Execution before,
      @org.jspecify.annotations.Nullable Execution now,
      Map<Long, Execution> all) {
    if (now == null) {
      boolean goesOn =
          all.values().stream().anyMatch(it -> it.instanceId().equals(before.instanceId()));
      if (!goesOn) {
        judge.wrong("I1 " + before.instanceId() + " was in the files and is not any more");
      } else if (before.ended()) {
        replaced.add(before.instanceId());
      }
    } else if (!now.history().startsWith(before.history())) {
      judge.wrong("I3 the history of " + before.instanceId() + " was rewritten in the files");
    } else if (before.ended() && !now.equals(before)) {
      judge.wrong("I2 " + before.instanceId() + " had ended in the files and went on");
    }
  }

  /** Compares what was last found with what clients know. */
  void agreeWith(Collection<Story> stories) {
    Set<String> ended = new HashSet<>();
    for (Execution execution : last.values()) {
      if (!execution.ended()) {
        judge.wrong("I2 " + execution.instanceId() + " has not ended in the files");
      } else if (!ended.add(execution.instanceId())) {
        judge.wrong("I2 " + execution.instanceId() + " has ended twice in the files");
      }
    }
    for (Story story : stories) {
      if (!ended.contains(story.id)) {
        judge.wrong(story, "I1 is not in the files");
      }
    }
    // A start takes the id of an ended instance: so does one that is sent again unanswered.
    Set<String> begunBefore =
        stories.stream()
            .filter(Story::mayHaveBegunBefore)
            .map(it -> it.id)
            .collect(Collectors.toSet());
    for (String id : replaced) {
      int child = id.indexOf('.');
      if (!begunBefore.contains(child < 0 ? id : id.substring(0, child))) {
        judge.wrong("I2 " + id + " had ended in the files and was begun again by nobody");
      }
    }
  }
}
