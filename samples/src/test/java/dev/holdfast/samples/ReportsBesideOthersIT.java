package dev.holdfast.samples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests what only an app of several samples can show. The tests of a sample's package use nothing
 * of other samples, because they become the tests of a project that has only that sample.
 */
@ExtendWith(SharedHost.class)
class ReportsBesideOthersIT {

  @Test
  void the_instance_of_another_orchestrator_is_no_report(RunningApp app) {
    RunningApp.Started hello = app.startOrchestrator("HelloSequence", "");

    assertThat(app.get("/api/reports/" + hello.id()).statusCode()).isEqualTo(404);
  }
}
