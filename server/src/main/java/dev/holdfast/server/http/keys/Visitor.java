package dev.holdfast.server.http.keys;

import java.util.EnumSet;
import java.util.Set;

/**
 * Describes the visitor who requests a page.
 *
 * @param name the visitor's name for people, which is the name of the key with which the visitor
 *     signed in
 * @param levels the rights of the visitor
 * @param token the text that each form of a page contains, so that only the host's own pages can
 *     change something; "" for a caller that needs none
 */
public record Visitor(String name, Set<Level> levels, String token) {

  public Visitor {
    levels = levels.isEmpty() ? EnumSet.noneOf(Level.class) : EnumSet.copyOf(levels);
  }

  /** Returns whether the visitor has this right. */
  public boolean may(Level level) {
    return levels.contains(level);
  }
}
