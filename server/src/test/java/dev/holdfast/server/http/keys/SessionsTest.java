package dev.holdfast.server.http.keys;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.http.MemoryKeyRecords;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** How long a visitor stays signed in. */
class SessionsTest {
  private Instant now = Instant.parse("2026-03-01T10:00:00Z");
  private final Keys keys = new Keys(new MemoryKeyRecords(), () -> now);
  private final Sessions sessions = new Sessions(keys, () -> now);
  private final Key key = keys.create(Key.Kind.MASTER, "", Key.MASTER_NAME).key();

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void a_session_ends_half_an_hour_after_its_last_use() {
    String used = sessions.begin(key);
    String left = sessions.begin(key);

    pass(Sessions.IDLE_MAX.minusSeconds(1));
    assertThat(sessions.find(used)).isPresent();
    pass(Duration.ofSeconds(1));

    assertThat(sessions.find(used)).isPresent();
    assertThat(sessions.find(left)).isEmpty();
  }

  @Test
  void a_session_that_is_used_all_the_time_ends_after_twelve_hours() {
    String session = sessions.begin(key);

    for (int minutes = 0; minutes < 12 * 60; minutes += 20) {
      assertThat(sessions.find(session)).isPresent();
      pass(Duration.ofMinutes(20));
    }

    assertThat(sessions.find(session)).isEmpty();
  }

  @Test
  void a_key_that_is_replaced_ends_its_sessions() {
    String session = sessions.begin(key);

    keys.rotate(Key.Kind.MASTER, "", Key.MASTER_NAME, Duration.ZERO);

    assertThat(sessions.find(session)).isEmpty();
  }

  @Test
  void with_too_many_sessions_the_one_used_least_recently_ends() {
    String kept = sessions.begin(key);
    String left = sessions.begin(key);
    for (int i = 2; i < Sessions.SESSIONS_MAX; i++) {
      sessions.begin(key);
    }
    pass(Duration.ofMinutes(1));
    assertThat(sessions.find(kept)).isPresent();
    assertThat(sessions.size()).isEqualTo(Sessions.SESSIONS_MAX);

    pass(Duration.ofSeconds(1));
    for (int i = 0; i < Sessions.SESSIONS_MAX - 1; i++) {
      sessions.begin(key);
    }

    assertThat(sessions.find(kept)).isPresent();
    assertThat(sessions.find(left)).isEmpty();
    assertThat(sessions.size()).isEqualTo(Sessions.SESSIONS_MAX);
  }

  @Test
  void a_session_that_was_ended_is_none() {
    String session = sessions.begin(key);

    sessions.end(session);
    sessions.end(session);
    sessions.end(null);

    assertThat(sessions.find(session)).isEmpty();
    assertThat(sessions.find(null)).isEmpty();
    assertThat(sessions.find("made up")).isEmpty();
  }
}
