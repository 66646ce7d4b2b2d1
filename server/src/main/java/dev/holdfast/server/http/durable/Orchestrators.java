package dev.holdfast.server.http.durable;

import java.util.List;

/**
 * Says which orchestrators can be started on this host. The HTTP server asks at every start, so a
 * reloaded app counts at once.
 */
public interface Orchestrators {

  /** Accepts every name, for a hub whose workers come and go. */
  Orchestrators ANY =
      new Orchestrators() {
        @Override
        public boolean knows(String name) {
          return true;
        }

        @Override
        public List<String> names() {
          return List.of();
        }
      };

  /** Returns whether a start of this orchestrator is accepted. */
  boolean knows(String name);

  /** Returns the names to offer to a client that has asked for an unknown name. */
  List<String> names();
}
