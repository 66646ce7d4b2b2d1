package dev.holdfast.server.http.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  private final AtomicInteger closed = new AtomicInteger();
  private final EventStream stream = new EventStream(closed::incrementAndGet);

  private static String text(CompletableFuture<Optional<ByteBuffer>> part) {
    assertThat(part).isDone();
    return part.join().map(bytes -> UTF_8.decode(bytes).toString()).orElse("(end)");
  }

  @Test
  void events_sent_before_the_client_reads_arrive_together_and_in_order() {
    stream.send("a", "1");
    stream.send("b", "two\nlines");

    assertThat(text(stream.next()))
        .isEqualTo("event: a\ndata: 1\n\nevent: b\ndata: two\ndata: lines\n\n");
  }

  @Test
  void a_stream_begins_at_once_with_a_comment() {
    assertThat(text(stream.next())).isEqualTo(":\n\n");
    assertThat(stream.next()).isNotDone();
  }

  @Test
  void an_event_goes_at_once_to_a_client_that_waits() {
    assertThat(stream.next()).isDone();
    CompletableFuture<Optional<ByteBuffer>> part = stream.next();
    assertThat(part).isNotDone();

    assertThat(stream.send("a", "1")).isTrue();

    assertThat(text(part)).isEqualTo("event: a\ndata: 1\n\n");
    assertThat(stream.next()).isNotDone();
  }

  @Test
  void the_latest_event_replaces_what_the_client_has_not_read() {
    stream.sendLatest("state", "1");
    stream.send("other", "x");
    stream.sendLatest("state", "2");

    assertThat(text(stream.next())).isEqualTo("event: other\ndata: x\n\nevent: state\ndata: 2\n\n");
  }

  @Test
  void a_client_that_falls_too_far_behind_is_cut_off_after_what_it_was_sent() {
    String large = "x".repeat(EventStream.UNREAD_BYTES_MAX / 4);
    int taken = 0;
    while (stream.send("a", large)) {
      taken++;
    }

    assertThat(taken).isEqualTo(3);
    assertThat(text(stream.next())).hasSizeGreaterThan(3 * large.length());
    assertThat(text(stream.next())).isEqualTo("(end)");
    assertThat(stream.send("a", "1")).isFalse();
  }

  @Test
  void events_of_a_whole_state_never_cut_a_slow_client_off() {
    String large = "x".repeat(EventStream.UNREAD_BYTES_MAX - 100);

    for (int i = 0; i < 100; i++) {
      assertThat(stream.sendLatest("state", large)).isTrue();
    }

    assertThat(text(stream.next())).hasSizeLessThan(EventStream.UNREAD_BYTES_MAX);
  }

  @Test
  void a_beat_sends_a_comment_only_while_nothing_else_was_sent() {
    assertThat(stream.next()).isDone();
    CompletableFuture<Optional<ByteBuffer>> part = stream.next();
    stream.send("a", "1");
    assertThat(part).isDone();
    part = stream.next();

    stream.beat();
    assertThat(part).isNotDone();

    stream.beat();
    assertThat(text(part)).isEqualTo(":\n\n");
  }

  @Test
  void an_ended_stream_gives_what_was_sent_and_then_its_end() {
    stream.send("a", "1");
    stream.end();

    assertThat(stream.send("a", "2")).isFalse();
    assertThat(text(stream.next())).isEqualTo("event: a\ndata: 1\n\n");
    assertThat(text(stream.next())).isEqualTo("(end)");
  }

  @Test
  void a_client_that_waits_learns_of_the_end() {
    assertThat(stream.next()).isDone();
    CompletableFuture<Optional<ByteBuffer>> part = stream.next();

    stream.end();

    assertThat(text(part)).isEqualTo("(end)");
  }

  @Test
  void a_closed_stream_takes_nothing_more_and_tells_its_maker() {
    stream.send("a", "1");
    stream.close();

    assertThat(stream.send("a", "2")).isFalse();
    assertThat(closed).hasValue(1);
  }

  @Test
  void a_name_of_several_lines_is_refused() {
    assertThatThrownBy(() -> stream.send("a\ndata: x", "1"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
