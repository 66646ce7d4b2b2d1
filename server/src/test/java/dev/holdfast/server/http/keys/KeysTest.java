package dev.holdfast.server.http.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.server.http.MemoryKeyRecords;
import dev.holdfast.server.http.keys.Key.Kind;
import dev.holdfast.server.http.keys.Keys.NewKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeysTest {
  private Instant now = Instant.parse("2026-03-01T10:00:00Z");
  private final InstantSource clock = () -> now;
  private final MemoryKeyRecords records = new MemoryKeyRecords();
  private final Keys keys = new Keys(records, clock);

  @Test
  void a_host_has_its_three_keys_made_once() {
    assertThat(keys.createMissing())
        .extracting(made -> made.key().kind())
        .containsExactly(Kind.MASTER, Kind.HOST, Kind.SYSTEM);
    assertThat(keys.createMissing()).isEmpty();
    assertThat(keys.active()).hasSize(3);
  }

  @Test
  void a_key_is_made_only_where_none_of_its_name_works() {
    String first = keys.createIfMissing(Kind.HOST, "", "ci").orElseThrow().secret();

    assertThat(keys.createIfMissing(Kind.HOST, "", "ci")).isEmpty();
    assertThat(keys.recognise(first)).isPresent();
    keys.rotate(Kind.HOST, "", "ci", Duration.ofHours(1));
    assertThat(keys.createIfMissing(Kind.HOST, "", "ci")).isEmpty();
    assertThat(keys.recognise(first)).isPresent();
    keys.delete(Kind.HOST, "", "ci");
    assertThat(keys.createIfMissing(Kind.HOST, "", "ci")).isPresent();
    assertThat(keys.createIfMissing(Kind.HOST, "", "other")).isPresent();
  }

  @Test
  void a_secret_can_be_recognised_by_people_scanners_and_us() {
    NewKey made = keys.create(Kind.FUNCTION, "Hello", "default");

    assertThat(made.secret()).matches("hfk_function_[0-9a-f]{8}_[A-Za-z0-9_-]{43}[0-9a-f]{8}");
    assertThat(keys.recognise(made.secret())).contains(made.key());
    assertThat(keys.recognise(made.secret() + "x")).isEmpty();
    assertThat(keys.recognise("")).isEmpty();
    assertThat(made.key().toString()).doesNotContain(made.secret());
  }

  @Test
  void only_digests_are_kept() {
    String secret = keys.create(Kind.HOST, "", "default").secret();

    records
        .all()
        .forEach((name, bytes) -> assertThat(new String(bytes, UTF_8)).doesNotContain(secret));
  }

  @Test
  void during_a_rotation_both_secrets_work_and_then_only_the_new_one() {
    String old = keys.create(Kind.HOST, "", "default").secret();

    String next = keys.rotate(Kind.HOST, "", "default", Duration.ofHours(24)).secret();

    assertThat(keys.recognise(old)).isPresent();
    assertThat(keys.recognise(next)).isPresent();
    now = now.plus(Duration.ofHours(24));
    assertThat(keys.recognise(old)).isEmpty();
    assertThat(keys.recognise(next)).isPresent();
    assertThat(keys.active()).hasSize(1);
  }

  @Test
  void a_second_rotation_ends_the_oldest_secret() {
    String first = keys.create(Kind.HOST, "", "default").secret();
    String second = keys.rotate(Kind.HOST, "", "default", Duration.ofHours(24)).secret();

    String third = keys.rotate(Kind.HOST, "", "default", Duration.ofHours(24)).secret();

    assertThat(keys.recognise(first)).isEmpty();
    assertThat(keys.recognise(second)).isPresent();
    assertThat(keys.recognise(third)).isPresent();
  }

  @Test
  void without_grace_the_old_secret_ends_at_once() {
    String old = keys.create(Kind.HOST, "", "default").secret();

    keys.rotate(Kind.HOST, "", "default", Duration.ZERO);

    assertThat(keys.recognise(old)).isEmpty();
  }

  @Test
  void a_deleted_key_opens_nothing() {
    String secret = keys.create(Kind.FUNCTION, "Hello", "mine").secret();

    assertThat(keys.delete(Kind.FUNCTION, "hello", "mine")).isTrue();
    assertThat(keys.delete(Kind.FUNCTION, "hello", "mine")).isFalse();
    assertThat(keys.recognise(secret)).isEmpty();
  }

  @Test
  void the_master_key_can_only_be_renewed() {
    keys.createMissing();

    assertThatThrownBy(() -> keys.delete(Kind.MASTER, "", Key.MASTER_NAME))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("rotate");
  }

  @Test
  void a_chosen_secret_must_be_long() {
    assertThat(keys.recognise(keys.create(Kind.HOST, "", "a", "0123456789abcdef").secret()))
        .isPresent();
    assertThatThrownBy(() -> keys.create(Kind.HOST, "", "a", "short"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_capability_opens_what_it_names_and_nothing_else() {
    Capabilities capabilities = new Capabilities(keys, "Hub");
    String code = capabilities.of("a", EnumSet.of(Permission.READ, Permission.RAISE));

    assertThat(capabilities.opens(code, "a", Permission.READ)).isTrue();
    assertThat(capabilities.opens(code, "a", Permission.RAISE)).isTrue();
    assertThat(capabilities.opens(code, "a", Permission.PURGE)).isFalse();
    assertThat(capabilities.opens(code, "b", Permission.READ)).isFalse();
    assertThat(capabilities.opensEverything(code)).isFalse();
    assertThat(new Capabilities(keys, "Other").opens(code, "a", Permission.READ)).isFalse();
    for (String forged :
        List.of(
            code.replace("_re_", "_rep_"),
            code.replace("_re_", "_r_"),
            code.replace("_re_", "_*_"),
            code.substring(0, code.length() - 1),
            code + "A",
            "hfc_re_",
            "hfc_re",
            "hfc_",
            "hfc__",
            "")) {
      assertThat(capabilities.opens(forged, "a", Permission.READ)).as(forged).isFalse();
      assertThat(capabilities.opensEverything(forged)).as(forged).isFalse();
    }
  }

  @Test
  void the_capability_of_everything_is_not_one_of_an_instance() {
    Capabilities capabilities = new Capabilities(keys, "Hub");

    String code = capabilities.ofEverything();

    assertThat(capabilities.opensEverything(code)).isTrue();
    assertThat(capabilities.opens(code, "", Permission.READ)).isFalse();
  }

  @Test
  void capabilities_outlive_a_restart_but_not_their_secret() {
    String code = new Capabilities(keys, "Hub").of("a", EnumSet.of(Permission.READ));

    Capabilities again = new Capabilities(new Keys(records, clock), "Hub");
    assertThat(again.opens(code, "a", Permission.READ)).isTrue();

    keys.rotateCapabilities();
    assertThat(again.opens(code, "a", Permission.READ)).isFalse();
  }

  @Test
  void guesses_are_counted_by_address_and_minute() {
    Guesses guesses = new Guesses(clock);
    for (int i = 0; i < 10; i++) {
      assertThat(guesses.tooMany("1.2.3.4")).isFalse();
    }
    assertThat(guesses.tooMany("1.2.3.4")).isTrue();
    assertThat(guesses.tooMany("5.6.7.8")).isFalse();

    now = now.plusSeconds(60);
    assertThat(guesses.tooMany("1.2.3.4")).isFalse();
  }
}
