package dev.holdfast.server.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.functions.model.AuthLevel;
import dev.holdfast.functions.model.HttpRoute;
import dev.holdfast.server.http.message.Paths;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {

  private static HttpRoute route(String name, String template, String... methods) {
    return new HttpRoute(name, template, List.of(methods), AuthLevel.ANONYMOUS);
  }

  private static String match(RouteTable table, String method, String path) {
    RouteTable.Match match = table.match(method, Paths.segments(path));
    return match == null ? "none" : match.route().functionName() + match.values();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello | hello | F{}",
        "hello | HELLO/ | F{}",
        "hello | hello/x | none",
        "/hello | hello | F{}",
        "users/{id} | users/7 | F{id=7}",
        "users/{id} | Users/a b | F{id=a b}",
        "users/{id} | users | none",
        "users/{Id?} | users | F{}",
        "users/{id?} | users/7 | F{id=7}",
        "users/{id=5} | users | F{id=5}",
        "users/{id=5} | users/7 | F{id=7}",
        "users/{id:int=5} | users | F{id=5}",
        "users/{id:int?} | users/x | none",
        "users/{id:int?} | users | F{}",
        "files/{*path} | files/a/b/c | F{path=a/b/c}",
        "files/{*path} | files | F{}",
        "files/{**path} | files/a | F{path=a}",
        "files/{*path=index} | files | F{path=index}",
        "{a}/{b} | x/y | F{a=x, b=y}",
        "{a}-{b} | x-y-z | F{a=x-y, b=z}",
        "v{version:int}/x | v12/x | F{version=12}",
        "v{version:int}/x | vx/x | none",
        "file.{ext?} | file.txt | F{ext=txt}",
        "file.{ext?} | file | F{}",
        "{name}.{ext?} | a.b.txt | F{name=a.b, ext=txt}",
        "a{{b}}c | a{b}c | F{}",
        "{id:guid} | 0f8fad5b-d9cb-469f-a165-70867728950e | F{id=0f8fad5b-d9cb-469f-a165-70867728950e}",
        "{id:guid} | 0f8fad5bd9cb469fa16570867728950e | F{id=0f8fad5bd9cb469fa16570867728950e}",
        "{id:guid} | 7 | none"
      })
  void templates(String template, String path, String expected) {
    RouteTable table = RouteTable.of(List.of(route("F", template)));

    assertThat(table.rejected()).isEmpty();
    assertThat(match(table, "GET", path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int | 7 | true",
        "int | -7 | true",
        "int | 2147483648 | false",
        "int | 7.0 | false",
        "long | 2147483648 | true",
        "long | 9223372036854775808 | false",
        "bool | TRUE | true",
        "bool | 1 | false",
        "decimal | 1.50 | true",
        "decimal | x | false",
        "double | 1e3 | true",
        "double | 1d | false",
        "double | NaN | false",
        "float | 1.5 | true",
        "datetime | 2026-03-01 | true",
        "datetime | 2026-03-01T10:00:00Z | true",
        "datetime | soon | false",
        "alpha | abcXYZ | true",
        "alpha | abc1 | false",
        "length(3) | abc | true",
        "length(3) | abcd | false",
        "length(2,4) | abcd | true",
        "length(2,4) | abcde | false",
        "minlength(2) | a | false",
        "maxlength(2) | ab | true",
        "maxlength(2) | abc | false",
        "min(18) | 18 | true",
        "min(18) | 17 | false",
        "min(18) | x | false",
        "max(20) | 21 | false",
        "range(1,10) | 10 | true",
        "range(1,10) | 11 | false",
        "regex(^a.c$) | ABC | true",
        "regex(^a.c$) | abcd | false",
        "regex(^\\d{{3}}-\\d{{2}}$) | 123-45 | true",
        "regex(^\\d{{3}}-\\d{{2}}$) | 1234-5 | false",
        "required | a | true",
        "int:min(5):max(9) | 7 | true",
        "int:min(5):max(9) | 10 | false",
        "INT | 7 | true"
      })
  void constraints(String constraint, String value, boolean matches) {
    RouteTable table = RouteTable.of(List.of(route("F", "{x:" + constraint + "}")));

    assertThat(table.rejected()).isEmpty();
    assertThat(match(table, "GET", value)).isEqualTo(matches ? "F{x=" + value + "}" : "none");
  }

  @Test
  void the_more_particular_route_wins_whatever_the_order() {
    List<HttpRoute> routes =
        new ArrayList<>(
            List.of(
                route("All", "{*rest}"),
                route("Plain", "bankaccounts/{id}"),
                route("Number", "bankaccounts/{id:int}"),
                route("Literal", "bankaccounts/transfer"),
                route("Deep", "{kind}/{id}/history")));
    for (int i = 0; i < routes.size(); i++) {
      routes.add(routes.remove(0));
      RouteTable table = RouteTable.of(routes);

      assertThat(match(table, "GET", "bankaccounts/transfer")).startsWith("Literal");
      assertThat(match(table, "GET", "bankaccounts/7")).startsWith("Number");
      assertThat(match(table, "GET", "bankaccounts/x")).startsWith("Plain");
      assertThat(match(table, "GET", "bankaccounts/x/history")).startsWith("Deep");
      assertThat(match(table, "GET", "bankaccounts/x/y/z")).startsWith("All");
      assertThat(match(table, "GET", "")).startsWith("All");
    }
  }

  @Test
  void the_verb_must_be_among_the_methods_if_there_are_any() {
    RouteTable table =
        RouteTable.of(
            List.of(
                route("Read", "x", "GET"), route("Write", "x", "POST", "PUT"), route("Any", "y")));

    assertThat(match(table, "GET", "x")).isEqualTo("Read{}");
    assertThat(match(table, "PUT", "x")).isEqualTo("Write{}");
    assertThat(match(table, "HEAD", "x")).isEqualTo("none");
    assertThat(match(table, "DELETE", "x")).isEqualTo("none");
    assertThat(match(table, "PROPFIND", "y")).isEqualTo("Any{}");
    assertThat(table.rejected()).isEmpty();
  }

  @Test
  void of_two_that_collide_the_later_one_is_rejected() {
    RouteTable table =
        RouteTable.of(
            List.of(
                route("A", "users/{id:int}", "GET"),
                route("B", "Users/{number:int}", "GET", "POST"),
                route("C", "users/{id:guid}", "GET"),
                route("D", "users/{id:int}")));

    assertThat(table.rejected()).containsOnlyKeys("B", "D");
    assertThat(table.rejected().get("B")).contains("'A'");
  }

  @ParameterizedTest
  @ValueSource(strings = {"admin", "Administration/x", "runtime", "/runtime/x", "adminx/{id}"})
  void routes_that_begin_like_ours_are_rejected(String template) {
    RouteTable table = RouteTable.of(List.of(route("F", template)));

    assertThat(table.rejected().get("F"))
        .contains("The specified route conflicts with one or more built in routes");
    assertThat(match(table, "GET", template)).isEqualTo("none");
  }

  @Test
  void a_function_without_a_route_is_found_by_its_name() {
    RouteTable table = RouteTable.of(List.of(route("AdminTool", ""), route("Other", "Other")));

    assertThat(match(table, "GET", "admintool")).isEqualTo("AdminTool{}");
    assertThat(match(table, "GET", "other")).isEqualTo("Other{}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "}",
        "{}",
        "{a",
        "a//b",
        "{a}{b}",
        "{a}/{A}",
        "{*a}/b",
        "x{*a}",
        "{a?}/b",
        "x{a?}",
        "x.{a?}y",
        "{a=1?}",
        "{a:nonsense}",
        "{a:range(1)}",
        "{a:min(x)}",
        "{a:regex([)}",
        "{a:min(1}"
      })
  void a_template_that_means_nothing_is_rejected_with_the_reason(String template) {
    RouteTable table = RouteTable.of(List.of(route("F", template)));

    assertThat(table.rejected().get("F")).startsWith("The route template '" + template + "'");
  }
}
