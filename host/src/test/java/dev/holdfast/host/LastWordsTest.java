package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a process says that has no memory left. */
@Timeout(120)
class LastWordsTest {
  @TempDir Path folder;

  /** Fills the heap to the last byte, and ends as a thread does that has met that. */
  static final class Full {
    private static final List<Object> KEPT = new ArrayList<>(1 << 20);

    private Full() {}

    public static void main(String[] arguments) {
      LastWords.prepare();
      String thread = "holdfast-loop";
      int size = 1 << 24;
      while (true) {
        try {
          KEPT.add(new byte[size]);
        } catch (OutOfMemoryError e) {
          size /= 2;
          if (size < 16) {
            LastWords.end(thread, e);
          }
        }
      }
    }
  }

  @Test
  void one_line_names_thread_and_cause_though_no_memory_is_left()
      throws IOException, InterruptedException {
    try (OtherJvm other =
        OtherJvm.start(List.of("-Xmx64m"), Map.of(), folder, Full.class.getName())) {
      assertThat(other.exitCode()).isEqualTo(1);
      assertThat(other.lines())
          .containsExactly(
              "The thread holdfast-loop cannot go on, so the host ends; nothing acknowledged is"
                  + " lost. Cause: java.lang.OutOfMemoryError: Java heap space");
    }
  }

  @Test
  void a_stack_that_overflowed_is_whole_again_once_unwound() {
    assertThat(LastWords.mustEnd(new StackOverflowError())).isFalse();
    assertThat(LastWords.mustEnd(new OutOfMemoryError())).isTrue();
    assertThat(LastWords.mustEnd(new IllegalStateException())).isFalse();
  }
}
