package dev.holdfast.functions.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where requests may go: reference on security, section 6. */
class DestinationsTest {
  private final Destinations nobody = new Destinations(List.of());

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "127.1",
        "169.254.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.0.1",
        "192.168.255.255",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:10.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "5f00::1"
      })
  void an_address_that_is_not_public_is_seen_as_such(String address) throws UnknownHostException {
    assertThat(Destinations.isPublic(InetAddress.getAllByName(address)[0])).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1",
        "126.1.1.1", "128.0.0.1", "169.253.1.1", "172.15.1.1", "172.32.0.1", "192.0.1.1",
        "192.167.1.1", "192.169.1.1", "198.17.1.1", "198.20.0.1", "203.0.114.1", "223.255.255.254",
        "::ffff:8.8.8.8", "2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450::1"
      })
  void a_public_address_is_seen_as_such(String address) throws UnknownHostException {
    assertThat(Destinations.isPublic(InetAddress.getAllByName(address)[0])).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "jar:https://example.com!/x",
        "//example.com/",
        "example.com",
        "https:///nothing",
        "https://",
        "https://user@example.com/",
        "https://user:word@example.com/",
        "https://example.com@127.0.0.1/",
        "http://example.com/",
        "HTTP://example.com/",
        "http://example.com:443/",
        "https://example.com:80/",
        "https://example.com:8443/",
        "https://example.com:22/",
        "https://0x7f.0.0.1/",
        "https://exa_mple.com/"
      })
  void a_url_that_must_not_be_asked_is_refused(String url) {
    assertThat(nobody.objection(URI.create(url.equals("https://") ? "https:/" : url))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://example.com/", "https://example.com:443/a?b#c", "HTTPS://EXAMPLE.com"})
  void https_to_the_public_is_allowed(String url) {
    assertThat(nobody.objection(URI.create(url))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, http://localhost:7071/x, true",
    "localhost, http://LOCALHOST./x, true",
    "Localhost., http://localhost/x, true",
    "localhost:80, http://localhost/x, true",
    "localhost:80, http://localhost:81/x, false",
    "localhost, http://localhost.example.com/, false",
    "example.com, http://notexample.com/, false",
    "[::1]:8080, http://[::1]:8080/, true",
    "[::1], http://[::1]:8080/, true",
    "[::1]:8080, http://[::1]:8081/, false",
    "127.0.0.1, http://127.0.0.1:5/, true",
    "127.0.0.1, http://127.1:5/, false",
  })
  void a_named_host_may_be_asked_whatever_it_is(String named, String url, boolean allowed) {
    Destinations some = new Destinations(List.of(named));

    assertThat(some.objection(URI.create(url)) == null).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0177.0.0.1",
        "0177.0.0.01",
        "010.8.8.8",
        "127.0.0.001",
        "08.8.8.8",
        "00.0.0.0",
        "2130706433",
        "017700000001",
        "0x7f000001",
        "[::ffff:0177.0.0.1]",
        "[::ffff:08.8.8.8]",
        "[64:ff9b::010.0.0.1]"
      })
  void an_address_that_can_be_read_as_another_is_refused_even_when_it_is_named(String host) {
    URI uri = URI.create("https://" + host + "/");

    assertThat(nobody.objection(uri)).contains(host, "four decimal numbers");
    assertThat(new Destinations(List.of(host)).objection(uri)).contains("four decimal numbers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.1/",
        "https://0x7f.1/",
        "https://0x7f.0.0.1/",
        "https://127.0.0.1./",
        "https://0177.0.0.1./",
        "https://8.8.8.8./",
        "https://①②⑦.⓪.⓪.①/",
        "https://127。0。0。1/",
        "https://bücher.example/"
      })
  void what_is_no_host_that_can_be_looked_up_is_refused_with_a_way_to_write_it(String url) {
    assertThat(nobody.objection(URI.create(url))).contains("ASCII", "four decimal numbers");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://8.8.8.8/",
        "https://0.0.0.0/",
        "https://[::ffff:8.8.8.8]/",
        "https://[2606:4700::1111]/",
        "https://4chan.example/",
        "https://8.8.8.8.example/",
        "https://xn--bcher-kva.example/",
        "https://example.com./"
      })
  void a_spelling_that_everybody_reads_alike_is_judged_by_its_address(String url) {
    assertThat(nobody.objection(URI.create(url))).isNull();
  }

  @Test
  void the_refusal_names_the_setting() {
    assertThat(nobody.objection(URI.create("http://localhost:7071/api")))
        .contains("add \"localhost:7071\" to extensions.holdfast.durableHttp.allowedHosts");
  }
}
