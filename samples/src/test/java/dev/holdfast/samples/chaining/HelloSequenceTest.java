package dev.holdfast.samples.chaining;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;
import static org.mockito.Mockito.when;

import com.microsoft.durabletask.Task;
import com.microsoft.durabletask.TaskOrchestrationContext;
import org.junit.jupiter.api.Test;

/** How to test an orchestrator by itself: mock its context, let activities answer at once. */
class HelloSequenceTest {

  private final HelloSequence hello = new HelloSequence();

  @Test
  void greets_three_cities_in_order() {
    TaskOrchestrationContext ctx = mock(TaskOrchestrationContext.class);
    when(ctx.callActivity(eq("SayHello"), any(), eq(String.class)))
        .thenAnswer(call -> done(hello.sayHello(call.getArgument(1))));

    assertThat(hello.helloSequence(ctx))
        .containsExactly("Hello Tokyo!", "Hello London!", "Hello Seattle!");
  }

  @Test
  void asks_its_context_for_nothing_else() {
    TaskOrchestrationContext ctx = mock(TaskOrchestrationContext.class);
    when(ctx.callActivity(eq("SayHello"), any(), eq(String.class))).thenAnswer(call -> done(""));

    hello.helloSequence(ctx);

    verify(ctx, times(3)).callActivity(eq("SayHello"), any(), eq(String.class));
    verifyNoMoreInteractions(ctx);
  }

  // The library makes tasks itself and lets nobody else; a mock stands in for one that has ended.
  @SuppressWarnings("unchecked")
  private static Task<String> done(String result) {
    Task<String> task = mock(Task.class);
    when(task.await()).thenReturn(result);
    return task;
  }
}
