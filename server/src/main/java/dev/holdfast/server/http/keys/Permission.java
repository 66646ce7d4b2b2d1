package dev.holdfast.server.http.keys;

/**
 * What someone may do with one instance; a capability names some of these.
 *
 * <p>The letters are in URLs that people keep: never give one a new meaning.
 */
public enum Permission {
  READ('r'),
  RAISE('e'),
  TERMINATE('t'),
  SUSPEND('s'),
  RESUME('c'),
  REWIND('w'),
  RESTART('n'),
  PURGE('p');

  private final char letter;

  Permission(char letter) {
    this.letter = letter;
  }

  char letter() {
    return letter;
  }
}
