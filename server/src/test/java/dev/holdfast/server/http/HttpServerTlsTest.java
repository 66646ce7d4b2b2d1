package dev.holdfast.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.server.grpc.Tls;
import dev.holdfast.server.grpc.TlsContext;
import dev.holdfast.server.tls.PemFiles;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same pages by TLS. */
class HttpServerTlsTest {
  @TempDir Path folder;

  @Test
  void the_port_speaks_tls_and_this_machine_has_one_in_plain_text() throws Exception {
    PemFiles own = PemFiles.make(folder, "server");
    TlsContext tls = TlsContext.read(new Tls(own.certificate(), own.privateKey(), null));
    try (TestServer server =
        new TestServer(
            options ->
                options.withConfig(
                    before ->
                        before.withTls(new HttpServerConfig.Tls(tls.context(), tls::refresh))))) {
      try (Socket socket =
          trusting(own.certificate())
              .getSocketFactory()
              .createSocket(InetAddress.getLoopbackAddress(), server.port)) {
        assertThat(ask(socket)).startsWith("HTTP/1.1 200").endsWith("{\"status\":\"live\"}");
      }
      try (Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), server.server.localPort())) {
        assertThat(ask(socket)).startsWith("HTTP/1.1 200");
      }
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port)) {
        assertThat(ask(socket)).doesNotContain("live");
      }
    }
  }

  private static String ask(Socket socket) throws Exception {
    socket.setSoTimeout(30_000);
    socket
        .getOutputStream()
        .write(
            "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                .getBytes(UTF_8));
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  private static SSLContext trusting(Path certificate) throws Exception {
    KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
    known.load(null, null);
    try (InputStream in = Files.newInputStream(certificate)) {
      known.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
