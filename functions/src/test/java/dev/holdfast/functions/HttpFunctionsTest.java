package dev.holdfast.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.functions.context.AppContext;
import dev.holdfast.functions.context.AppSettings;
import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.FunctionLog;
import dev.holdfast.functions.model.FunctionLog.Severity;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.functions.model.Versioning;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters and replies of HTTP functions, through a real app. */
class HttpFunctionsTest {

  private static final List<FunctionLog.Entry> SAID = new CopyOnWriteArrayList<>();
  private static final List<Throwable> FAILURES = new CopyOnWriteArrayList<>();

  private static final FunctionLog LOG =
      new FunctionLog() {
        @Override
        public void say(Entry entry) {
          SAID.add(entry);
        }

        @Override
        public void finished(
            String functionName,
            String id,
            @Nullable Work work,
            Duration took,
            @Nullable Throwable failure) {
          if (failure != null) {
            FAILURES.add(failure);
          }
        }
      };

  @SuppressWarnings("NullAway.Init")
  private static FunctionApp app;

  @BeforeAll
  static void openApp() throws Exception {
    app =
        FunctionApp.open(
            TestApps.source(TestApps.compiledOnce("bindings", List.of(), "BindingsApp"), List.of()),
            AppContext.usual()
                .withSettings(
                    new AppSettings(Map.of("tick", "0 * * * * *"), Set.of(), Versioning.NONE))
                .withLog(LOG));
  }

  @AfterAll
  static void closeApp() {
    app.close();
  }

  private static HttpReply call(String function, String body) throws Exception {
    return call(function, body, "text/plain", Map.of());
  }

  private static HttpReply call(
      String function, String body, String type, Map<String, String> query) throws Exception {
    HttpCall call =
        new HttpCall(
            "POST",
            URI.create("https://outside.example/api/" + function),
            Map.of("Content-Type", List.of(type), "X-Test", List.of("a", "b")),
            query,
            Map.of("id", "17"),
            body.getBytes(UTF_8));
    return app.call(function, call).get(20, TimeUnit.SECONDS);
  }

  private static String text(HttpReply reply) {
    return new String(reply.body(), UTF_8);
  }

  @Test
  void all_functions_are_found() {
    assertThat(app.failedFunctions()).isEmpty();
    assertThat(app.functions()).hasSize(27);
  }

  @Test
  void request_has_its_parts() throws Exception {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("q", "x,y");
    query.put("empty", "");

    HttpReply reply = call("RequestParts", "hi", "text/plain", query);

    assertThat(text(reply))
        .isEqualTo(
            "POST https://outside.example/api/RequestParts id=17 q=x,y empty=false header=a,b"
                + " body=hi function=RequestParts");
    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.headers()).containsEntry("X-One", "2");
    assertThat(reply.contentType()).isEqualTo("text/plain; charset=utf-8");
  }

  @Test
  void absent_body_is_nothing() throws Exception {
    assertThat(text(call("BodyPoint", ""))).isEqualTo("nothing");
    assertThat(text(call("BodyDirect", ""))).isEqualTo("-");
  }

  @Test
  void body_is_converted() throws Exception {
    assertThat(text(call("BodyPoint", "{\"x\":2,\"label\":\"p\"}"))).isEqualTo("p2");
    assertThat(text(call("BodyDirect", "up"))).isEqualTo("UP");
    HttpReply bytes = call("BodyBytes", "raw", "application/octet-stream", Map.of());
    assertThat(text(bytes)).isEqualTo("raw");
    assertThat(bytes.contentType()).isEqualTo("application/octet-stream");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "image/png", "text/plain; charset=utf-16", ""})
  void a_body_that_is_declared_binary_arrives_as_its_bytes(String type) throws Exception {
    byte[] body = new byte[512];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) i;
    }
    for (String function : List.of("BinaryBody", "BodyBytes")) {
      HttpCall call =
          new HttpCall(
              "POST",
              URI.create("https://outside.example/api/" + function),
              Map.of("Content-Type", List.of(type)),
              Map.of(),
              Map.of(),
              body);

      HttpReply reply = app.call(function, call).get(20, TimeUnit.SECONDS);

      assertThat(reply.body()).as(function).isEqualTo(body);
    }
  }

  @Test
  void a_part_of_the_route_that_is_left_out_is_null() throws Exception {
    assertThat(text(call("OmittedPart", "x", "text/plain", Map.of("part", "query"))))
        .isEqualTo("none");
  }

  @Test
  void half_a_surrogate_pair_is_a_failure_and_no_question_mark() throws Exception {
    assertThat(call("HalfPair", "x").status()).isEqualTo(500);
    assertThat(lastFailure()).hasMessageContaining("surrogate").hasMessageContaining("U+D83D");
  }

  @Test
  void binding_names_reach_into_body_and_request() throws Exception {
    HttpReply reply =
        call("BodyMember", "{\"amount\":12}", "application/json", Map.of("k", "v", "code", "s"));

    assertThat(text(reply)).startsWith("12/13/").contains("k=v");
  }

  @Test
  void binding_names_are_case_sensitive() throws Exception {
    HttpReply reply = call("NoSuchMetadata", "");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(lastFailure()).hasMessageContaining("Cannot find matched @BindingName");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text   | {\"a\":1}                                 | text/plain; charset=utf-8",
        "bean   | '{\n  \"x\": 1,\n  \"label\": \"<a>\"\n}' | text/plain; charset=utf-8",
        "list   | '[\n  1,\n  2\n]'                         | text/plain; charset=utf-8",
        "true   | true                                      | text/plain; charset=utf-8",
        "number | 7                                         | text/plain; charset=utf-8",
        "double | 1.5                                       | text/plain; charset=utf-8",
        "bytes  | '\u0001\u0002'                            | application/octet-stream",
        "enum   | GET                                       | text/plain; charset=utf-8",
      })
  void response_bodies(String kind, String body, String type) throws Exception {
    HttpReply plain = call("Answer", kind);
    HttpReply typed = call("Answer", kind, "text/plain", Map.of("type", "x/y"));

    assertThat(text(plain)).isEqualTo(body);
    assertThat(plain.contentType()).isEqualTo(type);
    assertThat(plain.status()).isEqualTo(200);
    assertThat(typed.contentType()).isEqualTo("x/y");
    assertThat(typed.headers()).isEmpty();
  }

  @Test
  void response_without_body_is_empty() throws Exception {
    HttpReply reply = call("Answer", "null");

    assertThat(reply.body()).isEmpty();
    assertThat(reply.contentType()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"100,100", "299,299", "599,599", "99,500", "600,500"})
  void status_codes(String asked, int answered) throws Exception {
    assertThat(call("CustomStatus", asked).status()).isEqualTo(answered);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain words   | plain words",
        "\"quoted\"    | quoted",
        "{\"a\":[]}    | '{\n  \"a\": []\n}'",
        "[]            | []",
        "true          | true",
        "12 34         | 12 34",
        "null          | ''",
        "{\"body\"     | {\"body\"",
      })
  void returned_texts(String returned, String body) throws Exception {
    HttpReply reply = call("ReturnsText", returned);

    assertThat(text(reply)).isEqualTo(body);
    assertThat(reply.status()).isEqualTo(200);
  }

  @Test
  void object_with_a_body_describes_the_response() throws Exception {
    HttpReply reply =
        call(
            "ReturnsText",
            "{\"statusCode\":\"202\",\"BODY\":{\"b\":1},\"headers\":{\"X\":\"1\",\"content-type\":"
                + "\"a/b\"},\"cookies\":[{\"name\":\"n\",\"value\":\"v\",\"httpOnly\":true}]}");

    assertThat(reply.status()).isEqualTo(202);
    assertThat(text(reply)).isEqualTo("{\n  \"b\": 1\n}");
    assertThat(reply.headers()).containsExactly(Map.entry("X", "1"));
    assertThat(reply.contentType()).isEqualTo("a/b");
    assertThat(reply.cookies()).containsExactly("n=v; HttpOnly");
  }

  @Test
  void returned_beans() throws Exception {
    assertThat(text(call("ReturnsBean", ""))).isEqualTo("{\n  \"x\": 3\n}");
    HttpReply described = call("ReturnsDescribed", "");
    assertThat(described.status()).isEqualTo(418);
    assertThat(text(described)).isEqualTo("short and stout");
    assertThat(described.headers()).containsEntry("X-Pot", "tea");
  }

  @Test
  void nothing_returned_is_no_content() throws Exception {
    assertThat(call("ReturnsNull", "").status()).isEqualTo(204);
    assertThat(call("ReturnsVoid", "").status()).isEqualTo(204);
    assertThat(call("ReturnsVoid", "").body()).isEmpty();
  }

  @Test
  void builder_and_output_binding_are_responses_too() throws Exception {
    assertThat(call("ReturnsBuilder", "").status()).isEqualTo(202);
    assertThat(text(call("Outputs", ""))).isEqualTo("by binding");
  }

  @Test
  void impossible_parameters_fail_the_call() throws Exception {
    assertThat(call("Undeclared", "").status()).isEqualTo(500);
    assertThat(lastFailure()).hasMessageContaining("has no output binding of that name");
    assertThat(call("Unbound", "").status()).isEqualTo(500);
    assertThat(lastFailure()).hasMessageContaining("neither annotated with a binding");
  }

  @Test
  void exception_is_an_empty_500_and_a_line_in_the_log() throws Exception {
    HttpReply reply = call("Throws", "");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).isEmpty();
    assertThat(lastFailure())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("secret detail");
  }

  @Test
  void static_and_nested_functions_run() throws Exception {
    assertThat(text(call("Static", ""))).isEqualTo("static");
    assertThat(text(call("InInner", "[\"a\"]"))).isEqualTo("[\n  \"a\"\n]");
    assertThat(text(call("Loader", ""))).isEqualTo("true");
  }

  @Test
  void logger_tells_function_and_invocation() throws Exception {
    SAID.clear();

    call("Logs", "");

    assertThat(SAID)
        .extracting(FunctionLog.Entry::severity)
        .containsExactly(Severity.WARNING, Severity.TRACE, Severity.ERROR);
    assertThat(SAID.get(0).message()).isEqualTo("hot: 42");
    assertThat(SAID.get(2).thrown()).hasMessage("why");
    assertThat(SAID).allMatch(e -> e.functionName().equals("Logs"));
    assertThat(SAID.stream().map(FunctionLog.Entry::invocationId).distinct()).hasSize(1);
  }

  @Test
  void any_function_can_be_invoked_with_a_text() throws Exception {
    SAID.clear();

    app.invoke("Tick", "now").get(20, TimeUnit.SECONDS);
    app.invoke("returnstext", "x").get(20, TimeUnit.SECONDS);

    assertThat(SAID).extracting(FunctionLog.Entry::message).containsExactly("tick now");
    assertThatThrownBy(() -> app.invoke("Throws", "x").get(20, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> app.invoke("Nobody", "x").get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(NoSuchElementException.class);
    assertThatThrownBy(() -> call("Tick", "x")).hasCauseInstanceOf(NoSuchElementException.class);
  }

  @Test
  void routes_and_warnings() {
    assertThat(app.httpRoutes())
        .contains(
            new HttpRoute("RequestParts", "parts/{id}", List.of(), AuthLevel.FUNCTION),
            new HttpRoute("Nested", "Nested", List.of(), AuthLevel.ADMIN));
    assertThat(app.warnings())
        .anyMatch(w -> w.contains("'Tick'") && w.contains("timerTrigger"))
        .anyMatch(w -> w.contains("'Outputs'") && w.contains("queue"));
  }

  private static Throwable lastFailure() {
    return FAILURES.get(FAILURES.size() - 1);
  }
}
