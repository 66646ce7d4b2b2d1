package dev.holdfast.dashboard;

import dev.holdfast.server.http.keys.Level;
import dev.holdfast.server.http.keys.Visitor;
import java.util.List;

/**
 * Holds the parts that every page shows around its content.
 *
 * @param title the title of the page, without the name of the program
 * @param here the entry of the menu to which this page belongs
 * @param signOut whether the visitor has signed in, and so can sign out
 * @param notices warnings for the operator about the host, one sentence for each
 * @param assets the version of the style sheet and the script, because browsers cache them
 */
public record Frame(
    String title,
    String here,
    Visitor visitor,
    boolean signOut,
    String hub,
    String version,
    List<String> notices,
    String assets) {

  public Frame {
    notices = List.copyOf(notices);
  }

  public String token() {
    return visitor.token();
  }

  public boolean mayOperate() {
    return visitor.may(Level.OPERATE);
  }

  public boolean mayAdminister() {
    return visitor.may(Level.ADMINISTER);
  }

  public boolean maySeePayloads() {
    return visitor.may(Level.PAYLOADS);
  }

  /** Returns the value of aria-current for an entry of the menu; null for other entries. */
  @SuppressWarnings("NullAway") // The templates leave out an attribute whose value is null.
  public String current(String page) {
    return page.equals(here) ? "page" : null;
  }
}
