package dev.holdfast.server.http;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.server.http.areas.Area;
import dev.holdfast.server.http.keys.Access;

/** Adds an area to a site; modules that depend on this one implement it, as the dashboard does. */
@FunctionalInterface
public interface Annex {

  /**
   * Holds the objects that an annex needs.
   *
   * @param hub the hub, which completes its futures on threads that may do work
   * @param access decides which requests are permitted
   * @param parts the parts of the site
   */
  record Around(TaskHub hub, Access access, Site.Parts parts) {}

  /** Makes the area; the method is called once for each site. */
  Area area(Around around);
}
