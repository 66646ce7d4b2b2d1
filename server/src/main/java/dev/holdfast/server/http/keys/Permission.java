package dev.holdfast.server.http.keys;

/**
 * Lists the operations on one instance that a capability can permit.
 *
 * <p>The letters are part of URLs that people store: never give a letter a new meaning.
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
