package dev.holdfast.host.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.host.config.ConnectionString.SignIn;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionStringTest {
  @ParameterizedTest
  @CsvSource({
    "localhost, localhost, 4001, false",
    "localhost:5000, localhost, 5000, false",
    "127.0.0.1:4001, 127.0.0.1, 4001, false",
    "[::1]:4001, ::1, 4001, false",
    "[0:0:0:0:0:0:0:1]:4001, 0:0:0:0:0:0:0:1, 4001, false",
    "127.1.2.3, 127.1.2.3, 4001, false",
    "127.hub.example, 127.hub.example, 443, true",
    "127.0.0.1.hub.example, 127.0.0.1.hub.example, 443, true",
    "0177.0.0.1, 0177.0.0.1, 443, true",
    "hub.example, hub.example, 443, true",
    "http://hub.example:4001, hub.example, 4001, false",
    "https://hub.example, hub.example, 443, true",
    "HTTPS://hub.example:8443/, hub.example, 8443, true"
  })
  void an_endpoint_says_where_and_how(String text, String host, int port, boolean tls) {
    assertThat(ConnectionString.parse(text))
        .isEqualTo(new ConnectionString(host, port, tls, null, SignIn.NONE));
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost, true",
    "http://127.0.0.1, true",
    "http://[::1], true",
    "http://127.hub.example, false",
    "http://[::2], false",
    "http://hub.example, false"
  })
  void only_what_goes_to_a_loopback_address_stays_here(String text, boolean stays) {
    assertThat(ConnectionString.parse(text).staysHere()).isEqualTo(stays);
  }

  @Test
  void a_connection_string_of_the_scheduler_says_the_hub_too() {
    assertThat(
            ConnectionString.parse(
                "endpoint=https://a.westus3.durabletask.io; TaskHub = orders;"
                    + "Authentication=ManagedIdentity;ClientID=1=2;TenantId="))
        .isEqualTo(
            new ConnectionString(
                "a.westus3.durabletask.io",
                443,
                true,
                "orders",
                new SignIn("ManagedIdentity", "1=2", null, null, List.of())));
    assertThat(
            ConnectionString.parse(
                    "Endpoint=https://a;TaskHub=b;Authentication=WorkloadIdentity;TenantId=t;"
                        + "TokenFilePath=/f;AdditionallyAllowedTenants=x, y")
                .signIn())
        .isEqualTo(new SignIn("WorkloadIdentity", null, "t", "/f", List.of("x", "y")));
    assertThat(
            ConnectionString.parse(
                "Endpoint=http://localhost:8080;TaskHub=default;Authentication=None"))
        .isEqualTo(new ConnectionString("localhost", 8080, false, "default", SignIn.NONE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host",
        "TaskHub=secret",
        "Endpoint=;TaskHub=secret",
        "a b",
        "x=y;secret",
        "localhost:99999"
      })
  void what_cannot_be_understood_is_refused_without_being_repeated(String text) {
    assertThatThrownBy(() -> ConnectionString.parse(text))
        .isInstanceOfSatisfying(
            CannotException.class,
            it -> {
              assertThat(it.exitCode()).isEqualTo(CannotException.USAGE);
              assertThat(it.lines()).contains("--connect HOST:PORT").doesNotContain("secret");
            });
  }
}
