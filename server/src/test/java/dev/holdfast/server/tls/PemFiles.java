package dev.holdfast.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** Holds a self-signed certificate and its key, made by the keytool of this JDK. */
public record PemFiles(Path certificate, Path privateKey) {
  private static final String PASSWORD = "not-a-secret";

  /**
   * Makes {@code name.crt} and {@code name.key} in this folder, for this machine by name and
   * address, valid for two days. The keytool refuses a second pair of the same name there.
   *
   * @throws IllegalStateException the keytool failed; the message quotes it
   */
  public static PemFiles make(Path folder, String name)
      throws IOException, GeneralSecurityException, InterruptedException {
    Path store = folder.resolve(name + ".p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "it",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-ext",
                "SAN=dns:localhost,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(keytool.getInputStream().readAllBytes(), US_ASCII);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool said: " + said);
    }
    return exported(store, folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
  }

  private static PemFiles exported(Path store, Path certificate, Path privateKey)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    write(certificate, "CERTIFICATE", keys.getCertificate("it").getEncoded());
    write(privateKey, "PRIVATE KEY", keys.getKey("it", PASSWORD.toCharArray()).getEncoded());
    return new PemFiles(certificate, privateKey);
  }

  private static void write(Path file, String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n", US_ASCII);
  }

  /** Puts these files in the place of others, as the renewal of a certificate does. */
  public void replace(PemFiles other) throws IOException {
    Files.copy(privateKey, other.privateKey, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(certificate, other.certificate, StandardCopyOption.REPLACE_EXISTING);
  }
}
