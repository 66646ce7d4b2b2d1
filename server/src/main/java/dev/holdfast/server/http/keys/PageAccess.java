package dev.holdfast.server.http.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.http.message.Query;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.http.message.RequestRefused;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may see and use the pages that people open in a browser.
 *
 * <p>When keys are required, a visitor signs in with a key and gets a cookie; programs may send the
 * key in the header instead. When no keys are required, every visitor has all rights. A request
 * that changes something must come from a page of this host: its {@code Origin} must be this host,
 * and it must contain the token that the forms of this host contain. A caller with a key in the
 * header needs no token, because no foreign page can make a browser send that header.
 */
public final class PageAccess {
  /** This is the name of the form field and, for scripts, of the header that contains the token. */
  public static final String TOKEN = "token";

  private static final String TOKEN_HEADER = "x-holdfast-token";
  private static final String KEY_HEADER = "x-functions-key";
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final String PLAIN_COOKIE = "holdfast-session";
  private static final String SECURE_COOKIE = "__Secure-holdfast-session";

  private final boolean required;
  private final Keys keys;
  private final Sessions sessions;
  private final Guesses guesses;

  /**
   * Represents every visitor of a host without keys; its token is valid for this run of the host.
   */
  private final Visitor anybody =
      new Visitor("anybody on this machine", EnumSet.allOf(Level.class), Sessions.newSecret());

  PageAccess(boolean required, Keys keys, Sessions sessions, Guesses guesses) {
    this.required = required;
    this.keys = keys;
    this.sessions = sessions;
    this.guesses = guesses;
  }

  /** Returns whether visitors must sign in. */
  public boolean asksForKeys() {
    return required;
  }

  /**
   * Checks that the sender of a request has the level that a page needs.
   *
   * @throws RequestRefused the reply is a redirect to the page for signing in, or 401, 403 or 429
   */
  void check(Request request, Level level) {
    Visitor visitor = visitor(request).orElseThrow(() -> refused(request));
    boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
    if (!reads) {
      checkSource(request, visitor);
    }
    if (!visitor.may(level)) {
      throw new RequestRefused(
          PageRefusals.page(
              403,
              "This needs another key",
              "You are signed in as "
                  + visitor.name()
                  + ", which does not permit this. Sign in with a key that permits to "
                  + level.name().toLowerCase(Locale.ROOT)
                  + "; './holdfast keys list' shows the keys."));
    }
  }

  /**
   * Checks that a form was sent by a page of this host, for pages that need no level.
   *
   * @throws RequestRefused 403, when a page of another site sent it
   */
  public void checkOrigin(Request request) {
    String origin = request.header("Origin");
    String site = request.header("Sec-Fetch-Site");
    boolean foreign =
        origin != null
            ? !isOwn(origin, request)
            : site != null && !site.equals("same-origin") && !site.equals("none");
    if (foreign) {
      throw new RequestRefused(
          PageRefusals.page(
              403,
              "Another page sent this",
              "The request did not come from a page of this host, so nothing was done. Behind a proxy,"
                  + " let it pass on the Host header that the browser sent."));
    }
  }

  /**
   * Returns the visitor who sends the request; empty when keys are required and the request has no
   * key or session.
   */
  public Optional<Visitor> visitor(Request request) {
    if (!required) {
      return Optional.of(anybody);
    }
    String code = request.header(KEY_HEADER);
    if (code != null) {
      return keys.recognise(code).map(key -> visitor(key, ""));
    }
    return sessions.find(cookie(request)).map(in -> visitor(in.key(), in.token()));
  }

  /**
   * Signs a visitor in.
   *
   * @return the value of the Set-Cookie header; empty when the key is not valid for any page
   * @throws RequestRefused 429, after too many wrong keys
   */
  public Optional<String> signIn(Request request, String secret) {
    Optional<Key> key = keys.recognise(secret).filter(known -> !levels(known).isEmpty());
    if (key.isEmpty() && guesses.tooMany(request.remoteAddress())) {
      throw new RequestRefused(tooManyGuesses());
    }
    return key.map(known -> setCookie(request, sessions.begin(known), ""));
  }

  /**
   * Ends the visitor's session.
   *
   * @return the value of the Set-Cookie header that makes the browser delete the cookie
   */
  public String signOut(Request request) {
    sessions.end(cookie(request));
    return setCookie(request, "", "; Max-Age=0");
  }

  private static Visitor visitor(Key key, String token) {
    return new Visitor(words(key), levels(key), token);
  }

  private static String words(Key key) {
    return key.kind() == Key.Kind.MASTER ? "the master key" : "key '" + key.name() + "'";
  }

  /** Returns the rights that a key gives on pages, which correspond to its rights over HTTP. */
  private static Set<Level> levels(Key key) {
    if (key.kind() == Key.Kind.MASTER) {
      return EnumSet.allOf(Level.class);
    }
    return key.opensDurable()
        ? EnumSet.of(Level.VIEW, Level.OPERATE, Level.PAYLOADS)
        : EnumSet.noneOf(Level.class);
  }

  private void checkSource(Request request, Visitor visitor) {
    if (visitor.token().isEmpty()) {
      if (cookie(request) != null) {
        throw new RequestRefused(
            Reply.error(400, "The request carries a key and a cookie. Send one of the two."));
      }
      return;
    }
    checkOrigin(request);
    String sent = request.header(TOKEN_HEADER);
    if (sent == null) {
      sent = form(request).get(TOKEN);
    }
    if (sent == null
        || !MessageDigest.isEqual(sent.getBytes(UTF_8), visitor.token().getBytes(UTF_8))) {
      throw new RequestRefused(
          PageRefusals.page(
              403,
              "This form is out of date",
              "The host has been restarted or you have signed in anew since the page was opened, so"
                  + " nothing was done. Go back, reload the page, and try again."));
    }
  }

  /** Returns the fields of the form in the body; the map is empty when the body is not a form. */
  public static Map<String, String> form(Request request) {
    return request.mediaType().equals(FORM) ? new Query(request.text()).parameters() : Map.of();
  }

  private RequestRefused refused(Request request) {
    String code = request.header(KEY_HEADER);
    if (code != null && guesses.tooMany(request.remoteAddress())) {
      return new RequestRefused(tooManyGuesses());
    }
    boolean opened = request.method().equals("GET") && isForPerson(request);
    return new RequestRefused(
        opened && code == null
            ? Reply.empty(303).with("Location", "sign-in").with("Cache-Control", "no-store")
            : Reply.empty(401));
  }

  private static boolean isForPerson(Request request) {
    String accept = request.header("Accept");
    return accept != null && accept.contains("text/html");
  }

  private static Reply tooManyGuesses() {
    return PageRefusals.page(
            429,
            "Too many wrong keys",
            "Too many wrong keys came from your address. Wait a minute, and use a key that"
                + " './holdfast keys list' shows.")
        .with("Retry-After", "60");
  }

  private static boolean isOwn(String origin, Request request) {
    try {
      String from = new URI(origin).getRawAuthority();
      // A proxy may end TLS, so only host and port are compared.
      return from != null && from.equalsIgnoreCase(new URI(request.origin()).getRawAuthority());
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static boolean isSecure(Request request) {
    return request.origin().startsWith("https:");
  }

  /**
   * Makes the cookie. The cookie names no path, so browsers send it only below the folder of the
   * page for signing in, even when a proxy has moved that folder.
   */
  private static String setCookie(Request request, String value, String more) {
    boolean secure = isSecure(request);
    return (secure ? SECURE_COOKIE : PLAIN_COOKIE)
        + "="
        + value
        + "; HttpOnly; SameSite=Strict"
        + (secure ? "; Secure" : "")
        + more;
  }

  private static @Nullable String cookie(Request request) {
    String header = request.header("Cookie");
    if (header == null) {
      return null;
    }
    String name = (isSecure(request) ? SECURE_COOKIE : PLAIN_COOKIE) + "=";
    for (String one : List.of(header.split(";", -1))) {
      String trimmed = one.trim();
      if (trimmed.startsWith(name)) {
        return trimmed.substring(name.length());
      }
    }
    return null;
  }
}
