package dev.holdfast.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.StringValue;
import dev.holdfast.engine.Why;
import dev.holdfast.protocol.OrchestrationStatus;
import dev.holdfast.server.http.TestServer;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pages as a browser without script gets them, on a host that asks for no keys. */
class DashboardTest {
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");
  private final TestServer server = new TestServer(options -> options.withAnnex(new Dashboard()));

  @AfterEach
  void close() {
    server.close();
  }

  private static void isPage(HttpResponse<String> reply) {
    assertThat(reply.statusCode()).isEqualTo(200);
    assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(reply.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy -> assertThat(policy).contains("default-src 'none'").doesNotContain("unsafe"));
    assertThat(reply.body()).doesNotContain("<script>", " style=", " onclick=", "http-equiv");
  }

  private String token(String page) {
    Matcher token = TOKEN.matcher(server.get(page).body());
    assertThat(token.find()).isTrue();
    return token.group(1);
  }

  @Test
  void the_folder_leads_to_the_first_page() {
    HttpResponse<String> folder = server.get("/dashboard");

    assertThat(folder.statusCode()).isEqualTo(303);
    assertThat(folder.headers().firstValue("Location")).hasValue("dashboard/now");
    assertThat(server.get("/dashboard/").headers().firstValue("Location")).hasValue("now");
    assertThat(server.get("/dashboard/sign-in").headers().firstValue("Location")).hasValue("now");
  }

  @Test
  void now_shows_counts_and_what_failed() {
    server.hub.put("good", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
    server.hub.put("bad", OrchestrationStatus.ORCHESTRATION_STATUS_FAILED);

    HttpResponse<String> now = server.get("/dashboard/now");

    isPage(now);
    assertThat(now.body()).contains("instance?id=bad", "instances?status=Failed", "Flow");
  }

  @Test
  void instances_are_filtered_by_status_name_and_prefix() {
    server.hub.put("order-1", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED);
    server.hub.put("order-2", OrchestrationStatus.ORCHESTRATION_STATUS_FAILED);
    server.hub.put("trip-1", OrchestrationStatus.ORCHESTRATION_STATUS_FAILED);

    HttpResponse<String> all = server.get("/dashboard/instances");
    String failed = server.get("/dashboard/instances?status=failed&prefix=order-").body();

    isPage(all);
    assertThat(all.body()).contains("id=order-1", "id=order-2", "id=trip-1");
    assertThat(failed).contains("id=order-2").doesNotContain("id=order-1", "id=trip-1");
    assertThat(failed).contains("./holdfast list --newest --status failed --prefix order-");
  }

  @Test
  void a_filter_that_cannot_be_read_is_told_and_lists_nothing() {
    server.hub.put("one", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);

    HttpResponse<String> time = server.get("/dashboard/instances?from=yesterday");
    HttpResponse<String> status = server.get("/dashboard/instances?status=lost");

    assertThat(time.statusCode()).isEqualTo(400);
    assertThat(time.body()).contains("The time cannot be read").doesNotContain("id=one");
    assertThat(status.statusCode()).isEqualTo(400);
    assertThat(status.body()).contains("There is no such status").doesNotContain("id=one");
  }

  @Test
  void an_instance_says_why_in_the_words_of_the_command() {
    server.hub.put("wait", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    server.hub.putWhy(
        new Why(
            "wait",
            "Flow",
            OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING,
            "It waits for event 'Approval', for 2 min.",
            List.of(new Why.Waiting("event", "Approval", null, null, "raise it")),
            null,
            null,
            List.of("An event 'approval' lies there.")));

    HttpResponse<String> page = server.get("/dashboard/instance?id=wait");

    isPage(page);
    assertThat(page.body())
        .contains(
            "It waits for event 'Approval', for 2 min.",
            "An event 'approval' lies there.",
            "value=\"Approval\"",
            "./holdfast raise wait Approval true",
            "./holdfast why wait");
  }

  @Test
  void an_unknown_instance_is_a_page_of_its_own() {
    HttpResponse<String> unknown = server.get("/dashboard/instance?id=nobody");
    HttpResponse<String> nameless = server.get("/dashboard/instance");

    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("There is no such instance", "<title>");
    assertThat(nameless.statusCode()).isEqualTo(400);
    assertThat(nameless.body()).contains("The link names no instance");
  }

  @Test
  void a_form_steers_an_instance_and_leads_back_to_it() {
    server.hub.put("one", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    String token = token("/dashboard/instance?id=one");

    HttpResponse<String> sent =
        server.post(
            "/dashboard/raise",
            "id=one&event=Approval&data=%22yes%22&token=" + token,
            "Content-Type",
            FORM);

    assertThat(sent.statusCode()).isEqualTo(303);
    assertThat(sent.headers().firstValue("Location")).hasValue("instance?id=one&done=raise");
    assertThat(server.hub.raised())
        .extracting(each -> each.name() + " " + each.input())
        .containsExactly("Approval \"yes\"");
    assertThat(server.get("/dashboard/instance?id=one&done=raise").body())
        .contains("The event was delivered.");
  }

  @Test
  void a_form_without_the_token_or_from_another_page_does_nothing() {
    server.hub.put("one", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    String token = token("/dashboard/instance?id=one");
    String body = "id=one&event=Approval&token=";

    HttpResponse<String> without = server.post("/dashboard/raise", body, "Content-Type", FORM);
    HttpResponse<String> wrong =
        server.post("/dashboard/raise", body + "x" + token, "Content-Type", FORM);
    HttpResponse<String> foreign =
        server.post(
            "/dashboard/raise",
            body + token,
            "Content-Type",
            FORM,
            "Origin",
            "http://elsewhere.example");
    HttpResponse<String> otherPort =
        server.post(
            "/dashboard/raise", body + token, "Content-Type", FORM, "Origin", "http://localhost:1");

    assertThat(List.of(without, wrong, foreign, otherPort))
        .allSatisfy(reply -> assertThat(reply.statusCode()).isEqualTo(403));
    assertThat(server.hub.raised()).isEmpty();
    assertThat(without.body()).contains("This form is out of date");
  }

  @Test
  void data_that_is_no_json_is_told_and_not_sent() {
    server.hub.put("one", OrchestrationStatus.ORCHESTRATION_STATUS_RUNNING);
    String token = token("/dashboard/instance?id=one");

    HttpResponse<String> sent =
        server.post(
            "/dashboard/raise",
            "id=one&event=Approval&data=yes&token=" + token,
            "Content-Type",
            FORM);

    assertThat(sent.statusCode()).isEqualTo(400);
    assertThat(sent.body()).contains("The data of the event is not JSON");
    assertThat(server.hub.raised()).isEmpty();
  }

  @Test
  void hostile_names_and_payloads_are_text_and_nothing_else() {
    String hostile = "<script>alert(1)</script>\"'\u202e\u0000<img src=x onerror=alert(2)>";
    server.hub.put(
        hostile.replace("\u0000", ""),
        OrchestrationStatus.ORCHESTRATION_STATUS_TERMINATED,
        state ->
            state
                .setName(hostile)
                .setInput(StringValue.of(hostile + "x".repeat(1 << 20)))
                .setOutput(StringValue.of(hostile))
                .setCustomStatus(StringValue.of(hostile)));

    String id = URLEncoder.encode(hostile.replace("\u0000", ""), UTF_8);
    HttpResponse<String> page = server.get("/dashboard/instance?id=" + id);
    HttpResponse<String> list = server.get("/dashboard/instances?name=" + id + "&prefix=" + id);
    HttpResponse<String> now = server.get("/dashboard/now");

    for (HttpResponse<String> each : List.of(page, list, now)) {
      isPage(each);
      assertThat(each.body())
          .doesNotContain("<script>alert", "<img", "\u0000")
          .hasSizeLessThan(200_000);
      assertThat(each.body().replaceAll("value=\"[^\"]*\"", "")).doesNotContain("\u202e");
    }
    assertThat(page.body()).contains("⟨U+202E⟩", "characters in all", "␀");
  }

  @Test
  void a_payload_is_a_download_of_its_exact_text() {
    server.hub.becomes("one", OrchestrationStatus.ORCHESTRATION_STATUS_COMPLETED, "{\"a\":1.0}");

    HttpResponse<String> file = server.get("/dashboard/payload?id=one&which=output");

    assertThat(file.body()).isEqualTo("{\"a\":1.0}");
    assertThat(file.headers().firstValue("Content-Disposition"))
        .hasValue("attachment; filename=\"output.json\"");
    assertThat(file.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(server.get("/dashboard/payload?id=one&which=../x").statusCode()).isEqualTo(404);
  }

  @Test
  void the_style_sheet_and_the_script_are_kept_by_browsers_under_their_version() {
    String page = server.get("/dashboard/now").body();
    Matcher link = Pattern.compile("href=\"(style\\.css\\?v=\\w+)\"").matcher(page);
    assertThat(link.find()).isTrue();

    HttpResponse<String> style = server.get("/dashboard/" + link.group(1));

    assertThat(style.headers().firstValue("Cache-Control").orElse("")).contains("immutable");
    assertThat(server.get("/dashboard/style.css").headers().firstValue("Cache-Control"))
        .hasValue("no-cache");
    assertThat(server.get("/dashboard/dashboard.js").headers().firstValue("Content-Type"))
        .hasValue("text/javascript; charset=utf-8");
  }

  @Test
  void a_drained_host_still_shows_itself() {
    server.server.drain();

    isPage(server.get("/dashboard/now"));
  }
}
