package dev.holdfast.server.http.durable;

import java.util.List;

/** Which orchestrators can be started here; asked at every start, so that a reloaded app counts. */
public interface Orchestrators {

  /** Takes every name: for a hub whose workers come and go. */
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

  /** Whether a start of this orchestrator is accepted. */
  boolean knows(String name);

  /** What to tell someone who asked for another. */
  List<String> names();
}
