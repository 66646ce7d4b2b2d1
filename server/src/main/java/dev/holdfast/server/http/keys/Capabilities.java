package dev.holdfast.server.http.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and checks the codes in the parameter {@code code=} of management URLs. A code is not a key
 * but the right to certain operations on one instance, signed with a secret of this host. The
 * holder of a status URL can only read the instance of this URL.
 *
 * <p>The form is {@code hfc_<letters>_<HMAC-SHA256 over hub, letters and instance>}. The letter
 * {@code *} is the right to all operations, for apps whose library builds the URLs itself.
 */
public final class Capabilities {
  private static final String PREFIX = "hfc_";
  private static final String EVERYTHING = "*";

  private final Keys keys;
  private final String hub;
  private volatile Signer signer;

  public Capabilities(Keys keys, String hub) {
    this.keys = keys;
    this.hub = hub;
    this.signer = signer();
  }

  private record Signer(Object version, Mac mac) {}

  /** Returns the code that permits the given operations on one instance. */
  public String of(String instanceId, Set<Permission> permissions) {
    StringBuilder letters = new StringBuilder(permissions.size());
    for (Permission permission : EnumSet.copyOf(permissions)) {
      letters.append(permission.letter());
    }
    return code(letters.toString(), instanceId);
  }

  /**
   * Returns the code that permits the whole management API, as the system key does. A function app
   * gets it as its required query parameter.
   */
  public String ofEverything() {
    return code(EVERYTHING, "");
  }

  /** Returns whether the text has the form of a code. */
  static boolean isOne(String code) {
    return code.startsWith(PREFIX);
  }

  boolean opensEverything(String code) {
    return letters(code).equals(EVERYTHING) && isSigned(code, EVERYTHING, "");
  }

  boolean opens(String code, String instanceId, Permission permission) {
    String letters = letters(code);
    return letters.indexOf(permission.letter()) >= 0 && isSigned(code, letters, instanceId);
  }

  private boolean isSigned(String code, String letters, String instanceId) {
    return MessageDigest.isEqual(code.getBytes(UTF_8), code(letters, instanceId).getBytes(UTF_8));
  }

  private static String letters(String code) {
    int end = code.indexOf('_', PREFIX.length());
    return isOne(code) && end > 0 ? code.substring(PREFIX.length(), end) : "";
  }

  private String code(String letters, String instanceId) {
    Signer current = signer;
    if (current.version() != keys.version()) {
      current = signer();
      signer = current;
    }
    // Neither a hub name nor the letters can contain a line feed, so two different inputs never
    // give the same text.
    byte[] signed = sign(current.mac(), hub + '\n' + letters + '\n' + instanceId);
    return PREFIX + letters + "_" + Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
  }

  private Signer signer() {
    byte[] secret = keys.capabilitySecret();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      return new Signer(keys.version(), mac);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java has HmacSHA256, but this one does not", e);
    }
  }

  private static byte[] sign(Mac keyed, String text) {
    try {
      Mac mac = (Mac) keyed.clone();
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("expected HmacSHA256 to be cloneable", e);
    }
  }
}
