package dev.holdfast.server.http.keys;

import java.util.EnumSet;
import java.util.Set;

/**
 * Describes who asks for a page.
 *
 * @param name names the visitor to people: the key by which the visitor signed in
 * @param levels what the visitor may do
 * @param token the text that each form of a page carries, so that only our own pages can change
 *     something; "" for a caller that needs none
 */
public record Visitor(String name, Set<Level> levels, String token) {

  public Visitor {
    levels = levels.isEmpty() ? EnumSet.noneOf(Level.class) : EnumSet.copyOf(levels);
  }

  /** Tells whether the visitor may do what a level permits. */
  public boolean may(Level level) {
    return levels.contains(level);
  }
}
