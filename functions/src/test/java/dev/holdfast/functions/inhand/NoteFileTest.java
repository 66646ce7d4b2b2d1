package dev.holdfast.functions.inhand;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.StringValue;
import dev.holdfast.core.WorkItem;
import dev.holdfast.protocol.ActivityRequest;
import dev.holdfast.protocol.OrchestrationInstance;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoteFileTest {

  @SuppressWarnings("NullAway.Init")
  @TempDir
  Path folder;

  static WorkItem activity(String instance, String execution, int task) {
    return new WorkItem.Activity(
        1,
        null,
        ActivityRequest.newBuilder()
            .setName("Chargé")
            .setTaskId(task)
            .setOrchestrationInstance(
                OrchestrationInstance.newBuilder()
                    .setInstanceId(instance)
                    .setExecutionId(StringValue.of(execution)))
            .build());
  }

  private NoteFile.Opened open() throws Exception {
    return NoteFile.open(folder.resolve("in-hand"));
  }

  private static int note(NoteFile file, WorkItem item, byte state) {
    int place = file.take();
    file.write(place, item);
    file.state(place, state);
    return place;
  }

  @Test
  void what_was_in_hand_is_there_after_the_death_of_the_process() throws Exception {
    NoteFile file = open().file();
    file.begin(
        1, true, List.of(new SuspectWork(Note.of(activity("s", "e0", 1)), 2, 1, 3, 0, true)));
    file.give(note(file, activity("done", "e1", 0), Note.IN_HAND));
    note(file, activity("größer", "e2", 7), Note.ALONE);
    note(file, new WorkItem.Turn(1, "i", "e3", "Orch", null, ByteString.EMPTY), Note.IN_HAND);
    note(file, new WorkItem.EntityBatch(1, "@acc@x", "e4", null, List.of()), Note.IN_HAND);

    NoteFile.Remains remains = open().remains();

    assertThat(remains).isNotNull();
    assertThat(remains.running()).isTrue();
    assertThat(remains.traced()).isTrue();
    assertThat(remains.pid()).isEqualTo(ProcessHandle.current().pid());
    assertThat(remains.inHand())
        .extracting(it -> it.note().words())
        .containsExactly(
            "activity 'Chargé' of 'größer' (task 7)",
            "orchestrator 'Orch' of 'i'",
            "entity 'acc' of '@acc@x'");
    assertThat(remains.inHand())
        .extracting(NoteFile.InHandAtEnd::alone)
        .containsExactly(true, false, false);
    assertThat(remains.suspects())
        .containsExactly(new SuspectWork(Note.of(activity("s", "e0", 1)), 2, 1, 3, 0, true));
  }

  @Test
  void a_place_that_is_used_again_tells_only_of_its_newest_work() throws Exception {
    NoteFile file = open().file();
    file.begin(1, true, List.of());
    file.give(note(file, activity("i", "e", 1), Note.IN_HAND));
    int place = note(file, activity("i", "e", 2), Note.IN_HAND);
    assertThat(file.note(place)).isEqualTo(Note.of(activity("i", "e", 2)));
    file.give(place);
    file.give(note(file, activity("j", "e", 2), Note.IN_HAND));
    file.give(note(file, new WorkItem.Turn(1, "j", "e", "O", null, ByteString.EMPTY), Note.ALONE));
    place = note(file, activity("j", "e", 2), Note.IN_HAND);
    assertThat(file.note(place)).isEqualTo(Note.of(activity("j", "e", 2)));
    file.give(place);
    place = file.take();
    file.write(place, Note.CALL, "", "Http");
    file.state(place, Note.IN_HAND);
    assertThat(file.note(place).key()).isEqualTo("call Http");
    file.give(place);
    place = note(file, activity("j", "e", 2), Note.IN_HAND);
    assertThat(file.note(place)).isEqualTo(Note.of(activity("j", "e", 2)));
  }

  @Test
  void the_same_work_has_the_same_key_and_no_other_has() {
    String longId = "i".repeat(300);
    List<String> keys =
        List.of(
            Note.key(activity("i", "e", 1)),
            Note.key(activity("i", "e", 2)),
            Note.key(activity("i", "f", 1)),
            Note.key(new WorkItem.Turn(1, "i", "e", "O", null, ByteString.EMPTY)),
            Note.key(new WorkItem.EntityBatch(1, "@e@" + longId + "a", "e", null, List.of())),
            Note.key(new WorkItem.EntityBatch(1, "@e@" + longId + "b", "e", null, List.of())));

    assertThat(keys).doesNotHaveDuplicates();
    assertThat(Note.key(new WorkItem.EntityBatch(9, "@e@" + longId + "b", "f", "1", List.of())))
        .isEqualTo(keys.get(5));
  }

  @Test
  void an_orderly_end_leaves_nothing_behind() throws Exception {
    NoteFile file = open().file();
    file.begin(1, false, List.of());
    file.clean();

    NoteFile.Remains remains = open().remains();

    assertThat(remains).isNotNull();
    assertThat(remains.running()).isFalse();
    assertThat(remains.inHand()).isEmpty();
  }

  @Test
  void a_file_that_is_damaged_or_of_somebody_else_is_told_and_emptied() throws Exception {
    Path path = folder.resolve("in-hand");
    NoteFile.Opened first = open();
    long size = Files.size(path);
    Random dice = new Random(1);
    byte[] noise = new byte[(int) size];
    dice.nextBytes(noise);
    List<byte[]> contents =
        List.of(
            "short".getBytes(java.nio.charset.StandardCharsets.UTF_8), noise, new byte[2_000_000]);

    assertThat(first.problem()).isNull();
    for (byte[] content : contents) {
      Files.write(path, content);
      NoteFile.Opened opened = open();
      opened.file().begin(1, false, List.of());

      assertThat(opened.problem()).isNotNull();
      assertThat(opened.remains()).isNull();
      assertThat(Files.size(path)).isEqualTo(size);
      assertThat(open().problem()).isNull();
    }
  }

  @Test
  void one_flipped_byte_is_no_reason_to_stop() throws Exception {
    Path path = folder.resolve("in-hand");
    NoteFile file = open().file();
    file.begin(1, false, List.of());
    note(file, activity("i", "e", 7), Note.IN_HAND);
    byte[] sound = Files.readAllBytes(path);
    for (int i = 0; i < 2_048; i++) {
      byte[] damaged = sound.clone();
      damaged[i] ^= (byte) 0xFF;
      Files.write(path, damaged);

      NoteFile.Opened opened = open();

      assertThat(opened.remains() == null).isEqualTo(opened.problem() != null);
    }
  }

  @Test
  void when_all_places_are_taken_the_next_is_not_noted() throws Exception {
    NoteFile file = open().file();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < NoteFile.PLACES; i++) {
      places.add(file.take());
    }

    assertThat(places).doesNotHaveDuplicates().doesNotContain(NoteFile.NONE);
    assertThat(file.take()).isEqualTo(NoteFile.NONE);
    file.give(places.get(5));
    assertThat(file.take()).isEqualTo(places.get(5));
  }

  @Test
  void threads_never_share_a_place() throws Exception {
    NoteFile file = open().file();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<Integer>> each = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int mine = t;
        each.add(
            () -> {
              int wrong = 0;
              for (int i = 0; i < 20_000; i++) {
                int place = note(file, activity("i" + mine, "e" + mine, mine), Note.IN_HAND);
                wrong += file.note(place).taskId() == mine ? 0 : 1;
                file.give(place);
              }
              return wrong;
            });
      }
      for (Future<Integer> wrong : threads.invokeAll(each)) {
        assertThat(wrong.get()).isZero();
      }
    } finally {
      threads.shutdownNow();
    }
    HashSet<Integer> free = new HashSet<>();
    for (int place = file.take(); place != NoteFile.NONE; place = file.take()) {
      free.add(place);
    }
    assertThat(free).hasSize(NoteFile.PLACES);
  }
}
