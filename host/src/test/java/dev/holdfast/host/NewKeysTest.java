package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.http.keys.Key;
import dev.holdfast.server.http.keys.Keys.NewKey;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewKeysTest {
  private static final List<NewKey> MADE =
      List.of(
          new NewKey(
              new Key(
                  "id", Key.Kind.MASTER, "", Key.MASTER_NAME, new byte[32], Instant.EPOCH, null),
              "hfk_master_secret"));

  @Test
  void a_person_is_shown_the_secret() {
    assertThat(Service.newKeys(MADE, true)).contains("_master", "hfk_master_secret");
  }

  @Test
  void output_that_may_be_kept_has_the_way_to_get_one_instead() {
    assertThat(Service.newKeys(MADE, false))
        .contains("_master", "holdfast keys rotate master")
        .doesNotContain("hfk_");
    assertThat(Service.newKeys(List.of(), false)).isEmpty();
  }
}
