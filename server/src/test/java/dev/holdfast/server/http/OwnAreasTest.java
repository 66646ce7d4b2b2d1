package dev.holdfast.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.areas.Area;
import dev.holdfast.server.http.areas.Right;
import dev.holdfast.server.http.areas.Route;
import dev.holdfast.server.http.keys.Capabilities;
import dev.holdfast.server.http.keys.Key;
import dev.holdfast.server.http.keys.Key.Kind;
import dev.holdfast.server.http.keys.Permission;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may call what, and what follows from the table of our URLs, row by row. */
class OwnAreasTest {
  private final TestServer server = new TestServer(TestServer.Options::withKeys);

  @AfterEach
  void close() {
    server.close();
  }

  /** A row with its whole path, in which each parameter has a value. */
  private record Row(Area area, Route route) {
    String path() {
      StringBuilder path = new StringBuilder(area.base());
      for (String part : route.pattern()) {
        path.append('/').append(part.equals("{id}") ? "a" : part.startsWith("{") ? "x" : part);
      }
      return path.toString();
    }

    @Override
    public String toString() {
      return route.method() + " " + path() + " (" + route.right() + ")";
    }
  }

  private List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Area area : server.site.areas()) {
      area.routes().forEach(route -> rows.add(new Row(area, route)));
    }
    assertThat(rows).hasSizeGreaterThan(50);
    return rows;
  }

  /** The status, where a caller that is slowed down for its guesses counts as refused. */
  private int status(String method, String path, String... key) {
    int status = server.send(method, path, null, key).statusCode();
    return status == 429 ? 401 : status;
  }

  private String key(Kind kind, String scope) {
    String name = kind == Kind.MASTER ? Key.MASTER_NAME : Key.DURABLE;
    return server.keys.create(kind, scope, name).secret();
  }

  @Test
  void without_a_key_only_what_needs_none_is_answered() {
    for (Row row : rows()) {
      boolean free = row.route().right() == Right.NONE;

      assertThat(status(row.route().method(), row.path()) != 401).as("%s", row).isEqualTo(free);
      assertThat(status(row.route().method(), row.path(), "x-functions-key", "wrong") != 401)
          .as("%s", row)
          .isEqualTo(free);
    }
  }

  @Test
  void the_master_key_opens_every_row_and_the_durable_key_all_but_those_for_the_master() {
    for (Row row : rows()) {
      String master = key(Kind.MASTER, "");
      String durable = key(Kind.SYSTEM, Key.DURABLE);
      boolean forMaster = row.route().right() == Right.MASTER;

      assertThat(status(row.route().method(), row.path(), "x-functions-key", durable) != 401)
          .as("%s", row)
          .isEqualTo(!forMaster);
      assertThat(status(row.route().method(), row.path(), "x-functions-key", master))
          .as("%s", row)
          .isNotEqualTo(401);
    }
  }

  @Test
  void a_management_url_opens_the_rows_for_its_permission_and_no_other_instance() {
    Capabilities capabilities = new Capabilities(server.keys, "TestHub");
    Set<String> opened = new TreeSet<>();
    for (Permission permission : Permission.values()) {
      String code = "?code=" + capabilities.of("a", EnumSet.of(permission));
      for (Row row : rows()) {
        if (row.route().right() == Right.NONE) {
          continue;
        }
        server.hub.put("a", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
        boolean opens = status(row.route().method(), row.path() + code) != 401;
        boolean meant =
            row.route().right().toString().equals(Right.instance(permission).toString());
        assertThat(opens).as("%s with %s", row, permission).isEqualTo(meant);
        if (opens) {
          opened.add(permission.name());
          String other = row.path().replace("/a", "/b") + code;
          assertThat(status(row.route().method(), other)).as("%s", row).isEqualTo(401);
        }
      }
    }
    assertThat(opened).hasSize(Permission.values().length);
  }

  @Test
  void another_method_is_refused_with_those_that_are_allowed() {
    for (Row row : rows()) {
      String master = key(Kind.MASTER, "");
      HttpResponse<String> patch =
          server.send("PATCH", row.path(), null, "x-functions-key", master);
      HttpResponse<String> options =
          server.send("OPTIONS", row.path(), null, "x-functions-key", master);

      boolean durable = row.area().style() == Area.Style.DURABLE;
      assertThat(patch.statusCode()).as("%s", row).isEqualTo(durable ? 404 : 405);
      assertThat(patch.body()).as("%s", row).isEmpty();
      assertThat(options.statusCode()).as("%s", row).isEqualTo(204);
      String allowed = options.headers().firstValue("Allow").orElse("");
      assertThat(allowed.split(", ")).as("%s", row).contains(row.route().method(), "OPTIONS");
      assertThat(patch.headers().firstValue("Allow").orElse(allowed)).isEqualTo(allowed);
      if (row.route().right() != Right.NONE) {
        assertThat(status("PATCH", row.path())).as("%s", row).isEqualTo(401);
        assertThat(status("OPTIONS", row.path())).as("%s", row).isEqualTo(401);
      }
    }
  }

  @Test
  void head_answers_like_get_without_the_body() {
    server.hub.put("a", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    for (Row row : rows()) {
      if (!row.route().method().equals("GET")) {
        continue;
      }
      String master = key(Kind.MASTER, "");
      HttpResponse<String> get = server.get(row.path(), "x-functions-key", master);
      HttpResponse<String> head = server.send("HEAD", row.path(), null, "x-functions-key", master);

      assertThat(head.statusCode()).as("%s", row).isEqualTo(get.statusCode());
      assertThat(head.headers().firstValue("Content-Type"))
          .as("%s", row)
          .isEqualTo(get.headers().firstValue("Content-Type"));
      assertThat(head.body()).as("%s", row).isEmpty();
    }
    assertThat(server.send("HEAD", "/", null).statusCode()).isEqualTo(200);
  }

  @Test
  void a_drained_host_answers_only_what_watches_or_steers_it() {
    server.server.drain();
    for (Row row : rows()) {
      int status = status(row.route().method(), row.path(), "x-functions-key", "wrong");
      boolean open = row.area().open() != Area.Open.UNTIL_DRAINED;
      assertThat(status != 503).as("%s", row).isEqualTo(open);
    }
    assertThat(
            rows().stream()
                .filter(row -> row.area().open() != Area.Open.UNTIL_DRAINED)
                .map(row -> row.area().base())
                .distinct())
        .containsExactlyInAnyOrder(
            "/admin/host", "/runtime/webhooks/holdfast/metrics", "/healthz", "/readyz");
  }
}
