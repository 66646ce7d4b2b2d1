package dev.holdfast.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.TestServer;
import dev.holdfast.server.http.areas.Area;
import dev.holdfast.server.http.areas.Right;
import dev.holdfast.server.http.areas.Route;
import dev.holdfast.server.http.keys.Key;
import dev.holdfast.server.http.keys.Key.Kind;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who may see which page on a host that asks for keys. */
class SignInTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");
  private final TestServer server =
      new TestServer(options -> options.withAnnex(new Dashboard()).withKeys());

  @AfterEach
  void close() {
    server.close();
  }

  private List<Route> rows() {
    Area area =
        server.site.areas().stream()
            .filter(each -> each.base().equals(Dashboard.BASE))
            .findFirst()
            .orElseThrow();
    assertThat(area.routes()).hasSizeGreaterThan(15);
    return area.routes();
  }

  private static String path(Route row) {
    return Dashboard.BASE + "/" + String.join("/", row.pattern());
  }

  private String key(Kind kind) {
    String name = kind == Kind.MASTER ? Key.MASTER_NAME : kind == Kind.HOST ? "some" : Key.DURABLE;
    return server.keys.create(kind, "", name).secret();
  }

  private HttpResponse<String> signIn(String key) {
    return server.post(
        "/dashboard/sign-in", "key=" + key, "Content-Type", FORM, "Origin", server.origin());
  }

  private static String cookie(HttpResponse<String> signedIn) {
    String set = signedIn.headers().firstValue("Set-Cookie").orElseThrow();
    return set.substring(0, set.indexOf(';'));
  }

  @Test
  void without_a_key_every_row_but_the_free_ones_is_refused() {
    for (Route row : rows()) {
      int status = server.send(row.method(), path(row), null).statusCode();
      int wrong =
          server.send(row.method(), path(row), null, "x-functions-key", "wrong").statusCode();

      boolean free = row.right() == Right.NONE;
      assertThat(status == 401 && wrong >= 401).as("%s", row).isNotEqualTo(free && !isSignIn(row));
    }
  }

  /** An empty form of the page for signing in is refused like a wrong key. */
  private static boolean isSignIn(Route row) {
    return row.method().equals("POST") && row.pattern().contains("sign-in");
  }

  @Test
  void the_keys_of_the_api_open_every_row_and_keys_of_functions_none() {
    String master = key(Kind.MASTER);
    String durable = key(Kind.SYSTEM);
    String function = key(Kind.HOST);
    for (Route row : rows()) {
      boolean free = row.right() == Right.NONE;
      boolean forAdministrators = row.right() == Right.ADMINISTER;

      assertThat(status(row, master)).as("%s", row).isNotIn(free ? List.of() : List.of(401, 403));
      assertThat(status(row, durable) == 403).as("%s", row).isEqualTo(forAdministrators);
      assertThat(status(row, function) == 403).as("%s", row).isEqualTo(!free);
    }
  }

  private int status(Route row, String key) {
    if (row.pattern().contains("live")) {
      // The answer to GET does not end.
      return server.send("HEAD", path(row), null, "x-functions-key", key).statusCode();
    }
    return server.send(row.method(), path(row), null, "x-functions-key", key).statusCode();
  }

  @Test
  void a_person_is_led_to_the_page_for_signing_in_and_a_program_is_not() {
    HttpResponse<String> person =
        server.get("/dashboard/instances", "Accept", "text/html,application/xhtml+xml");
    HttpResponse<String> program = server.get("/dashboard/instances");

    assertThat(person.statusCode()).isEqualTo(303);
    assertThat(person.headers().firstValue("Location")).hasValue("sign-in");
    assertThat(program.statusCode()).isEqualTo(401);
    assertThat(server.get("/dashboard/sign-in").body()).contains("type=\"password\"");
  }

  @Test
  void a_session_lasts_until_the_visitor_signs_out() {
    HttpResponse<String> signedIn = signIn(key(Kind.MASTER));
    String cookie = cookie(signedIn);

    assertThat(signedIn.statusCode()).isEqualTo(303);
    assertThat(signedIn.headers().firstValue("Set-Cookie").orElseThrow())
        .endsWith("; HttpOnly; SameSite=Strict");
    String page = server.get("/dashboard/now", "Cookie", "other=1; " + cookie).body();
    assertThat(page).contains("Sign out (the master key)");

    String token = token(page);
    HttpResponse<String> out =
        server.post(
            "/dashboard/sign-out", "token=" + token, "Content-Type", FORM, "Cookie", cookie);

    assertThat(out.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
    assertThat(server.get("/dashboard/now", "Cookie", cookie).statusCode()).isEqualTo(401);
  }

  private static String token(String page) {
    Matcher token = TOKEN.matcher(page);
    assertThat(token.find()).isTrue();
    return token.group(1);
  }

  @Test
  void a_session_ends_with_its_key() {
    String cookie = cookie(signIn(key(Kind.SYSTEM)));
    assertThat(server.get("/dashboard/now", "Cookie", cookie).statusCode()).isEqualTo(200);

    server.keys.delete(Kind.SYSTEM, "", Key.DURABLE);

    assertThat(server.get("/dashboard/now", "Cookie", cookie).statusCode()).isEqualTo(401);
  }

  @Test
  void a_wrong_key_and_a_key_of_a_function_open_no_session() {
    HttpResponse<String> wrong = signIn("wrong");
    HttpResponse<String> function = signIn(key(Kind.HOST));

    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.body()).contains("This key opens no page here");
    assertThat(function.statusCode()).isEqualTo(401);
    assertThat(wrong.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void another_page_cannot_sign_a_visitor_in() {
    HttpResponse<String> foreign =
        server.post(
            "/dashboard/sign-in",
            "key=" + key(Kind.MASTER),
            "Content-Type",
            FORM,
            "Origin",
            "http://elsewhere.example");

    assertThat(foreign.statusCode()).isEqualTo(403);
    assertThat(foreign.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void a_form_needs_the_token_of_its_own_session() {
    server.hub.put("one", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    String master = key(Kind.MASTER);
    String mine = cookie(signIn(master));
    String theirs = cookie(signIn(master));
    String foreignToken = token(server.get("/dashboard/now", "Cookie", theirs).body());

    HttpResponse<String> refused =
        server.post(
            "/dashboard/raise",
            "id=one&event=E&token=" + foreignToken,
            "Content-Type",
            FORM,
            "Cookie",
            mine);
    HttpResponse<String> both =
        server.post(
            "/dashboard/raise",
            "id=one&event=E",
            "Content-Type",
            FORM,
            "Cookie",
            mine,
            "x-functions-key",
            master);

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(both.statusCode()).isEqualTo(400);
    assertThat(server.hub.raised()).isEmpty();
  }
}
