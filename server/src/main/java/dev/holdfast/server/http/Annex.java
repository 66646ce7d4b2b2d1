package dev.holdfast.server.http;

import dev.holdfast.engine.TaskHub;
import dev.holdfast.server.http.areas.Area;
import dev.holdfast.server.http.keys.Access;

/** Adds an area to a site from a room above this one, as the dashboard does. */
@FunctionalInterface
public interface Annex {

  /**
   * Holds what an annex is made of.
   *
   * @param hub completes its futures on threads that may do work
   * @param access decides who may do what
   * @param parts the parts of the site
   */
  record Around(TaskHub hub, Access access, Site.Parts parts) {}

  /** Returns the area, once for each site. */
  Area area(Around around);
}
