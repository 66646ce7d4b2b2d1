package dev.holdfast.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.core.RefusedException;
import dev.holdfast.core.Store;
import java.util.Base64;

/**
 * Encodes the place at which a page ended. The token is opaque to clients and consists of
 * characters that every HTTP header permits.
 */
final class PlaceToken {

  private static final int SHOWN_MAX = 100;

  private PlaceToken() {}

  static String of(Store.Place place) {
    return Long.toString(place.createdAt(), 36)
        + "."
        + Base64.getUrlEncoder().withoutPadding().encodeToString(place.id().getBytes(UTF_8));
  }

  /**
   * Returns the place that a token describes.
   *
   * @param token the token; "" means the beginning of the list
   */
  static Store.Place parse(String token) {
    if (token.isEmpty()) {
      return Store.Place.START;
    }
    try {
      int dot = token.indexOf('.');
      return new Store.Place(
          Long.parseLong(token.substring(0, dot), 36),
          new String(Base64.getUrlDecoder().decode(token.substring(dot + 1)), UTF_8));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw notOurs(token);
    }
  }

  /**
   * Makes a token safe to print: a token that this class did not make may hold any characters, and
   * the message goes to terminals and logs.
   */
  private static String printable(String token) {
    String shown = token.length() <= SHOWN_MAX ? token : token.substring(0, SHOWN_MAX) + "...";
    return shown.replaceAll("[^ -~]", "?");
  }

  static RefusedException notOurs(String token) {
    return new RefusedException(
        RefusedException.Reason.INVALID_ARGUMENT,
        "The continuation token '%s' is not one that this hub has given. Leave it out to begin with the first page."
            .formatted(printable(token)));
  }
}
