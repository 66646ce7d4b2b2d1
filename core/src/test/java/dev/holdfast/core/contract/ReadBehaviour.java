package dev.holdfast.core.contract;

import static dev.holdfast.core.contract.SampleRows.EPOCH;
import static dev.holdfast.core.contract.SampleRows.created;
import static dev.holdfast.core.contract.SampleRows.ended;
import static dev.holdfast.core.contract.SampleRows.history;
import static dev.holdfast.core.contract.SampleRows.inbox;
import static dev.holdfast.core.contract.SampleRows.named;
import static dev.holdfast.core.contract.SampleRows.ready;
import static dev.holdfast.core.contract.SampleRows.running;
import static dev.holdfast.core.contract.SampleRows.timer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.core.Commit;
import dev.holdfast.core.HistoryBytes;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Store;
import dev.holdfast.core.Store.Detail;
import dev.holdfast.core.Store.Place;
import dev.holdfast.core.Store.Query;
import dev.holdfast.core.Store.Slots;
import dev.holdfast.core.Times;
import dev.holdfast.protocol.HistoryEvent;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.protocol.OrchestratorStartedEvent;
import dev.holdfast.protocol.TaskScheduledEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Tests what reads find. */
abstract class ReadBehaviour extends StoreBehaviour {

  private static final int COMPLETED = OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED_VALUE;
  private static final int FAILED = OrchestrationStatus.ORCHESTRATION_STATUS_FAILED_VALUE;

  /** A careless LIKE, quote, JSON string or UTF-16 comparison gets these ids wrong. */
  private static final List<String> AWKWARD_IDS =
      List.of(
          "",
          " ",
          "?",
          "a",
          "A",
          "a%",
          "a%b",
          "a_",
          "a_b",
          "aXb",
          "a\\",
          "a\\b",
          "a'b",
          "a\"b",
          "a''",
          "ab",
          "a\n",
          "a\t",
          "a\u0001",
          "a\u007f",
          "@dev@x",
          "..",
          "a/b",
          "é",
          "e\u0301",
          "ß",
          "SS",
          "İ",
          "ı",
          "\uD83D\uDE00",
          "\uD83D\uDE00b",
          "\uD83D\uDE01",
          "\uD83E\uDD16",
          "\uDBFF\uDFFF",
          "\uDBFF\uDFFFa",
          "\uFFFF",
          "\uFFFD",
          "\uE000",
          "\uD7FF",
          "\uD7FFz",
          "日本",
          "日本語",
          "null",
          "0",
          "00",
          "1e3",
          "{\"a\":1}",
          "[1]",
          "--",
          "; drop");

  @Test
  void a_summary_has_no_other_rows() {
    Writer writer = withOneOfEach();

    Store.Stored stored = writer.only("open", Detail.SUMMARY);

    assertThat(stored.history()).isEmpty();
    assertThat(stored.inbox()).isEmpty();
    assertThat(stored.timers()).isEmpty();
  }

  @Test
  void an_execution_that_has_ended_is_loaded_without_what_only_open_ones_need() {
    Writer writer = withOneOfEach();

    Store.Stored open = writer.only("open", Detail.OPEN);
    Store.Stored ended = writer.only("ended", Detail.OPEN);

    assertThat(open.history()).hasSize(1);
    assertThat(open.timers()).hasSize(1);
    assertThat(ended.history()).isEmpty();
    assertThat(ended.timers()).isEmpty();
    assertThat(ended.inbox()).containsExactly(inbox(2, 0, "unread"));
    assertThat(writer.only("ended", Detail.ALL).history()).hasSize(1);
  }

  private Writer withOneOfEach() {
    Writer writer = open();
    for (long key = 1; key <= 2; key++) {
      String id = key == 1 ? "open" : "ended";
      Rows.Instance row = running(key, id);
      writer.write(
          Commit.builder()
              .insert(key == 1 ? row : ended(row, COMPLETED, EPOCH))
              .append(history(key, 0, 1, "x"))
              .put(inbox(key, 0, "unread"))
              .put(timer(key, 0, id, 50)));
    }
    return writer;
  }

  @Test
  void rows_are_counted_by_status_name_and_version() {
    Writer writer = open();
    assertThat(writer.store.tally(List.of())).isEmpty();
    writer.write(
        Commit.builder()
            .insert(named(running(3, "a"), "Deploy", "1.0"))
            .insert(named(running(1, "b"), "Deploy", "1.0"))
            .insert(named(running(2, "c"), "Deploy", null))
            .insert(named(running(4, "@counter@x"), "@counter", null))
            .insert(ended(named(running(5, "d"), "Deploy", "1.0"), COMPLETED, EPOCH))
            .insert(ended(named(running(6, "e"), "Other", "1.0"), FAILED, EPOCH)));
    int live = OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING_VALUE;
    Store.Tally[] running = {
      new Store.Tally(live, "Deploy", "1.0", 2, running(1, "b").createdAt()),
      new Store.Tally(live, "Deploy", "", 1, running(2, "c").createdAt()),
      new Store.Tally(live, "@counter", "", 1, running(4, "x").createdAt())
    };
    Store.Tally completed =
        new Store.Tally(COMPLETED, "Deploy", "1.0", 1, running(5, "d").createdAt());

    assertThat(writer.store.tally(List.of(live))).containsExactlyInAnyOrder(running);
    assertThat(writer.store.tally(List.of(live, COMPLETED)))
        .containsExactlyInAnyOrder(running[0], running[1], running[2], completed);
    assertThat(writer.store.tally(List.of()))
        .containsExactlyInAnyOrder(
            running[0],
            running[1],
            running[2],
            completed,
            new Store.Tally(FAILED, "Other", "1.0", 1, running(6, "e").createdAt()));
  }

  @Test
  void many_ids_are_loaded_in_one_call_each_once_and_unknown_ones_left_out() {
    Writer writer = open();
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= 700; key++) {
      commit.insert(running(key, "id " + key)).append(history(key, 0, 1, "of " + key));
    }
    writer.write(commit);
    List<String> ids = new ArrayList<>();
    for (int i = 1; i <= 1_400; i += 2) {
      ids.add("id " + i);
    }
    ids.addAll(List.of("id 1", "id 3"));

    List<Store.Stored> found = writer.store.load(ids, Detail.ALL);

    assertThat(found).hasSize(350).allMatch(each -> each.history().size() == 1);
    assertThat(found)
        .allMatch(
            each ->
                each.history()
                    .get(0)
                    .equals(history(each.instance().key(), 0, 1, "of " + each.instance().key())));
    assertThat(found).extracting(each -> each.instance().id()).doesNotHaveDuplicates();
    assertThat(writer.store.loadByKey(List.of(3L, 3L, 9_999L, -1L), Detail.SUMMARY)).hasSize(1);
    assertThat(writer.store.load(List.of(), Detail.ALL)).isEmpty();
    assertThat(writer.store.loadByKey(List.of(), Detail.ALL)).isEmpty();
  }

  @Test
  void timers_come_earliest_first_within_slots_and_times() {
    Writer writer = open();
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= 60; key++) {
      commit.insert(running(key, "t" + key));
      for (int id = 0; id < 3; id++) {
        commit.put(new Rows.Timer(key, id, (int) (key * 17 % Slots.COUNT), key * 37 % 50));
      }
    }
    writer.write(commit);
    List<Rows.Timer> all = writer.store.timers(Slots.ALL, Long.MIN_VALUE, Long.MAX_VALUE, 1_000);

    assertThat(all).hasSize(180).isSortedAccordingTo(ReadBehaviour::byDueTime);
    for (Slots slots : List.of(Slots.ALL, new Slots(0, 300), new Slots(17, 18), new Slots(5, 5))) {
      for (long from : new long[] {Long.MIN_VALUE, 0, 7, 49, 50}) {
        for (int limit : new int[] {0, 1, 5, 1_000}) {
          assertThat(writer.store.timers(slots, from, 30, limit))
              .isEqualTo(
                  all.stream()
                      .filter(timer -> slots.contains(timer.slot()))
                      .filter(timer -> from <= timer.fireAt() && timer.fireAt() < 30)
                      .limit(limit)
                      .toList());
        }
      }
    }
  }

  private static int byDueTime(Rows.Timer a, Rows.Timer b) {
    if (a.fireAt() != b.fireAt()) {
      return Long.compare(a.fireAt(), b.fireAt());
    }
    return a.key() != b.key() ? Long.compare(a.key(), b.key()) : a.timerId() - b.timerId();
  }

  @Test
  void ready_executions_come_oldest_first_page_by_page() {
    Writer writer = open();
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= 100; key++) {
      String name = key == 1 || key == 3 ? "Sample" : "N" + key % 5;
      commit.insert(ready(named(running(key, "r" + key), name, null), key % 3 == 0));
    }
    writer.write(commit);
    writer.write(Commit.builder().update(ready(running(1, "r1"), true)).update(running(3, "r3")));
    List<Store.Ready> expected =
        LongStream.rangeClosed(1, 100)
            .filter(k -> k != 3 && (k == 1 || k % 3 == 0))
            .mapToObj(k -> new Store.Ready(k, k == 1 ? "Sample" : "N" + k % 5))
            .toList();

    List<Store.Ready> paged = new ArrayList<>();
    for (List<Store.Ready> page = writer.store.ready(Slots.ALL, 0, 7);
        !page.isEmpty();
        page = writer.store.ready(Slots.ALL, page.get(page.size() - 1).key(), 7)) {
      paged.addAll(page);
    }

    assertThat(paged).isEqualTo(expected);
    Slots some = new Slots(100, 600);
    assertThat(writer.store.ready(some, 20, 1_000))
        .isEqualTo(
            expected.stream()
                .filter(r -> r.key() > 20 && some.contains(SampleRows.slot("r" + r.key())))
                .toList());
  }

  @Test
  void random_queries_find_what_a_filter_over_all_rows_finds() {
    for (long seed : seeds()) {
      Random random = new Random(seed);
      Writer writer = open();
      writer.write(population(random, 120));
      List<Rows.Instance> all = writer.all();

      for (int i = 0; i < 60; i++) {
        Query query = query(random);
        assertThat(writer.store.query(query))
            .as("seed %d, %s", seed, query)
            .isEqualTo(
                all.stream()
                    .sorted(
                        query.newestFirst()
                            ? Comparator.comparing(Place::of).reversed()
                            : Comparator.comparing(Place::of))
                    .filter(row -> matches(query, row))
                    .limit(query.limit())
                    .toList());
      }
    }
  }

  private static Commit population(Random random, int size) {
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= size; key++) {
      Rows.Instance row =
          running(key * 3, (key % 7 == 0 ? "@e@" : "") + "id-" + random.nextInt(5) + "-" + key);
      if (random.nextInt(3) == 0) {
        row = created(row, EPOCH + random.nextInt(40) * 1_000_000L);
      }
      row = named(row, "Name" + random.nextInt(3), random.nextBoolean() ? "1.0" : null);
      boolean over = random.nextBoolean();
      commit.insert(
          over
              ? ended(row, random.nextInt(8), EPOCH + random.nextInt(20))
              : ended(row, random.nextInt(8), 0));
    }
    return commit.build();
  }

  private static Query query(Random random) {
    List<Integer> statuses = random.ints(random.nextInt(4), 0, 8).boxed().toList();
    Long from = random.nextBoolean() ? null : EPOCH + random.nextInt(360) * 1_000_000L;
    Long to = random.nextBoolean() ? null : EPOCH + random.nextInt(360) * 1_000_000L;
    String prefix = List.of("", "id-" + random.nextInt(6), "@e@id-").get(random.nextInt(3));
    Place after =
        random.nextBoolean()
            ? random.nextBoolean() ? Place.START : Place.END
            : new Place(EPOCH + random.nextInt(360) * 1_000_000L, "id-" + random.nextInt(6));
    String name = random.nextBoolean() ? null : "Name" + random.nextInt(4);
    String version = random.nextBoolean() ? null : random.nextBoolean() ? "" : "1.0";
    return new Query(
        statuses,
        from,
        to,
        prefix,
        name,
        version,
        random.nextBoolean(),
        random.nextBoolean(),
        after,
        1 + random.nextInt(150));
  }

  private static boolean matches(Query query, Rows.Instance row) {
    Long from = query.createdFrom();
    Long to = query.createdTo();
    int place = Place.of(row).compareTo(query.after());
    return (query.newestFirst() ? place < 0 : place > 0)
        && (query.statuses().isEmpty() || query.statuses().contains(row.status()))
        && (from == null || from <= row.createdAt())
        && (to == null || row.createdAt() <= to)
        && row.id().startsWith(query.idPrefix())
        && (query.entities() || !row.id().startsWith("@"))
        && (query.name() == null || row.name().equals(query.name()))
        && (query.version() == null || row.version().equals(query.version()));
  }

  @Test
  void a_list_tells_the_newest_turn_of_what_has_not_ended() {
    Writer writer = open();
    writer.write(
        Commit.builder()
            .insert(running(1, "open"))
            .append(turns(1, 0, EPOCH, EPOCH + 1))
            .insert(running(2, "new"))
            .insert(running(3, "over"))
            .append(turns(3, 0, EPOCH)));
    writer.write(
        Commit.builder()
            .append(turns(1, 4, EPOCH + 7, EPOCH + 9))
            .update(ended(running(3, "over"), COMPLETED, EPOCH)));

    List<Store.Listed> lines = writer.store.list(Query.all(10));

    assertThat(lines).extracting(Store.Listed::instance).isEqualTo(writer.all());
    assertThat(lines)
        .extracting(Store.Listed::newestTurn)
        .containsExactly(EPOCH + 9, Long.MIN_VALUE, Long.MIN_VALUE);
    assertThat(writer.store.list(Query.all(10).withPrefix("n"))).containsExactly(lines.get(1));
  }

  /** Makes a chunk with a turn at each of these times, which schedules an activity. */
  private static Rows.History turns(long key, int seq, long... times) {
    List<HistoryEvent> events = new ArrayList<>();
    for (long time : times) {
      events.add(
          HistoryEvent.newBuilder()
              .setEventId(-1)
              .setTimestamp(Times.timestamp(time))
              .setOrchestratorStarted(OrchestratorStartedEvent.getDefaultInstance())
              .build());
      events.add(
          HistoryEvent.newBuilder()
              .setEventId(events.size())
              .setTimestamp(Times.timestamp(time + 50))
              .setTaskScheduled(TaskScheduledEvent.newBuilder().setName("Act"))
              .build());
    }
    return new Rows.History(key, seq, events.size(), false, HistoryBytes.past(events));
  }

  @Test
  void pages_of_a_query_add_up_to_all_of_it() {
    Writer writer = open();
    writer.write(population(new Random(1), 200));
    Query whole = Query.all(1_000).withStatuses(List.of(0, 1, 3)).withPrefix("id-");

    List<Rows.Instance> paged = new ArrayList<>();
    Place after = Place.START;
    while (true) {
      List<Rows.Instance> page = writer.store.query(whole.withLimit(9).after(after));
      if (page.isEmpty()) {
        break;
      }
      paged.addAll(page);
      after = Place.of(page.get(page.size() - 1));
    }

    assertThat(paged).isEqualTo(writer.store.query(whole)).isNotEmpty();
  }

  @Test
  void whoever_is_created_at_the_same_moment_comes_by_id_in_the_order_of_code_points() {
    Writer writer = open();
    List<String> ids = List.of("", "a", "ab", "b", "\uFFFF", "\uD83D\uDE00", "\uD83D\uDE01");
    Commit.Builder commit = Commit.builder();
    for (int i = 0; i < ids.size(); i++) {
      int status = i % 2 == 0 ? COMPLETED : FAILED;
      commit.insert(created(ended(running(100 - i, ids.get(i)), status, EPOCH), EPOCH));
    }
    writer.write(commit.insert(running(1, "later")));

    List<String> paged = new ArrayList<>();
    Place after = Place.START;
    for (int page = 0; page < 10; page++) {
      List<Rows.Instance> rows = writer.store.query(Query.all(2).after(after));
      for (Rows.Instance row : rows) {
        paged.add(row.id());
        after = Place.of(row);
      }
    }

    assertThat(paged).startsWith(ids.toArray(String[]::new)).endsWith("later").hasSize(8);
  }

  @Test
  void an_instance_that_gets_a_new_key_keeps_its_place_in_the_list() {
    Writer writer = open();
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= 9; key++) {
      commit.insert(running(key, "i" + key));
    }
    writer.write(commit);
    List<Rows.Instance> first = writer.store.query(Query.all(4));
    for (long key = 2; key <= 8; key += 2) {
      Rows.Instance next = created(running(100 + key, "i" + key), EPOCH + key * 1_000_000L);
      writer.write(Commit.builder().remove(key).insert(next));
    }
    List<Rows.Instance> rest = writer.store.query(Query.all(100).after(Place.of(first.get(3))));

    assertThat(first).extracting(Rows.Instance::id).containsExactly("i1", "i2", "i3", "i4");
    assertThat(rest).extracting(Rows.Instance::id).containsExactly("i5", "i6", "i7", "i8", "i9");
  }

  @Test
  void awkward_ids_are_kept_apart_and_prefixes_are_literal() {
    Writer writer = open();
    Commit.Builder commit = Commit.builder();
    for (int i = 0; i < AWKWARD_IDS.size(); i++) {
      commit.insert(running(i + 1, AWKWARD_IDS.get(i)));
    }
    writer.write(commit);
    Writer again = reopen(writer);

    assertThat(again.all()).extracting(Rows.Instance::id).isEqualTo(AWKWARD_IDS);
    assertThat(again.store.load(AWKWARD_IDS, Detail.SUMMARY)).hasSize(AWKWARD_IDS.size());
    for (String id : AWKWARD_IDS) {
      assertThat(again.only(id, Detail.SUMMARY).instance().id()).isEqualTo(id);
      for (int length = 0; length <= id.length(); length++) {
        String prefix = id.substring(0, length);
        assertThat(again.store.query(Query.all(1_000).withPrefix(prefix)))
            .as("prefix %s", prefix)
            .extracting(Rows.Instance::id)
            .isEqualTo(AWKWARD_IDS.stream().filter(each -> each.startsWith(prefix)).toList());
      }
    }
    assertThat(again.store.load(List.of("aXB", "a\u0000", "\uD83D"), Detail.SUMMARY)).isEmpty();
  }

  @Test
  void ended_executions_come_by_the_time_they_ended() {
    Writer writer = open();
    Commit.Builder commit = Commit.builder();
    for (long key = 1; key <= 60; key++) {
      Rows.Instance row = running(key, "e" + key);
      int status = key % 2 == 0 ? COMPLETED : FAILED;
      commit.insert(key % 4 == 3 ? row : ended(row, status, EPOCH + key * 7 % 10));
    }
    writer.write(commit);
    List<Rows.Instance> expected =
        writer.all().stream()
            .filter(row -> row.completedAt() >= EPOCH + 2 && row.completedAt() < EPOCH + 8)
            .filter(row -> row.status() == COMPLETED)
            .sorted(ReadBehaviour::byEnd)
            .toList();

    List<Rows.Instance> paged = new ArrayList<>();
    long afterTime = 0;
    long afterKey = 0;
    while (true) {
      List<Rows.Instance> page =
          writer.store.ended(List.of(COMPLETED), EPOCH + 2, EPOCH + 8, afterTime, afterKey, 4);
      if (page.isEmpty()) {
        break;
      }
      paged.addAll(page);
      Rows.Instance last = page.get(page.size() - 1);
      afterTime = last.completedAt();
      afterKey = last.key();
    }

    assertThat(paged).isEqualTo(expected).isNotEmpty();
    assertThat(writer.store.ended(List.of(), 0, Long.MAX_VALUE, 0, 0, 1_000)).hasSize(45);
  }

  private static int byEnd(Rows.Instance a, Rows.Instance b) {
    return a.completedAt() != b.completedAt()
        ? Long.compare(a.completedAt(), b.completedAt())
        : Long.compare(a.key(), b.key());
  }

  @Test
  void records_come_by_name_in_the_order_of_code_points() {
    Writer writer = open();
    Commit.Builder commit = Commit.builder();
    List<String> names = List.of("", "B", "a", "a%", "a'", "b", "é", "\uFFFF", "\uD83D\uDE00");
    for (int i = names.size() - 1; i >= 0; i--) {
      commit.put(new Rows.Keyed("n%", names.get(i), SampleRows.bytes("v" + i)));
      commit.put(new Rows.Keyed("n", names.get(i), SampleRows.bytes("w" + i)));
    }
    writer.write(commit);

    assertThat(writer.store.records("n%")).extracting(Rows.Keyed::name).isEqualTo(names);
    assertThat(writer.store.record("n%", "\uD83D\uDE00")).isEqualTo(SampleRows.bytes("v8"));
    assertThat(writer.store.records("N")).isEmpty();
  }

  @Test
  void what_was_read_does_not_change_afterwards() {
    Writer writer = open();
    writer.write(Commit.builder().insert(running(1, "a")).append(history(1, 0, 1, "x")));
    Store.Stored before = writer.only("a", Detail.ALL);

    writer.write(Commit.builder().append(history(1, 1, 1, "y")).put(inbox(1, 0, "m")));

    assertThat(before.history()).hasSize(1);
    assertThat(before.inbox()).isEmpty();
  }
}
