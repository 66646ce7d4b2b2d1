package dev.holdfast.engine.program;

import org.jspecify.annotations.Nullable;

/**
 * Predicts the outcome of a program when every promise is kept: a model of the engine in which
 * nothing takes time and nothing is lost.
 *
 * @param output null when the program fails
 * @param failure the error message; null when the program completes
 */
public record Prediction(@Nullable String output, @Nullable String failure) {

  /** Predicts the outcome; flaky activities are assumed to succeed in the end. */
  public static Prediction of(Program program, String input, Programs programs) {
    Memo memo = Memo.of(input);
    for (Step step : program.steps()) {
      String failure = take(step, memo, programs);
      if (failure != null) {
        return new Prediction(null, failure);
      }
    }
    return new Prediction(memo.output(), null);
  }

  private static @Nullable String take(Step step, Memo memo, Programs programs) {
    if (step instanceof Step.Fail fail) {
      return fail.message();
    }
    if (step instanceof Step.Any) {
      memo.results.add("any");
    } else if (step instanceof Step.Retry retry) {
      if (Activities.fails(retry.activity())) {
        return Activities.failure(retry.activity(), retry.input());
      }
      memo.results.add(Activities.result(retry.activity(), retry.input()));
    } else if (step instanceof Step.Launch launch) {
      memo.launched.add(launch);
    } else if (step instanceof Step.Awaitable leaf) {
      return await(leaf, memo, programs);
    } else if (step instanceof Step.All all) {
      String first = null;
      for (Step.Awaitable leaf : all.branches()) {
        String failure = await(leaf, memo, programs);
        first = first == null ? failure : first;
      }
      return first;
    }
    return null;
  }

  private static @Nullable String await(Step.Awaitable leaf, Memo memo, Programs programs) {
    if (leaf instanceof Step.Call call) {
      return Activities.fails(call.activity())
          ? failed(Activities.failure(call.activity(), call.input()), call.caught(), memo)
          : done(Activities.result(call.activity(), call.input()), memo);
    }
    if (leaf instanceof Step.Sleep) {
      return done("slept", memo);
    }
    if (leaf instanceof Step.Await await) {
      int number = memo.read.merge(await.event(), 1, Integer::sum);
      return done(await.event() + "#" + number, memo);
    }
    if (leaf instanceof Step.Ask ask) {
      String failure = ask.operation().equals("fail") ? "refused" : null;
      return failure == null ? done(ask.operation(), memo) : failed(failure, ask.caught(), memo);
    }
    if (leaf instanceof Step.Lock) {
      return done("locked", memo);
    }
    if (leaf instanceof Step.Join join) {
      Step.Launch launch = memo.launched.remove(0);
      return child(launch.program(), launch.input(), join.caught(), memo, programs);
    }
    Step.Child child = (Step.Child) leaf;
    return child(child.program(), child.input(), child.caught(), memo, programs);
  }

  private static @Nullable String child(
      String name, String input, boolean caught, Memo memo, Programs programs) {
    Prediction prediction = of(programs.get(name), input, programs);
    return prediction.failure() != null
        ? failed(prediction.failure(), caught, memo)
        : done("[" + prediction.output() + "]", memo);
  }

  private static @Nullable String done(String result, Memo memo) {
    memo.results.add(result);
    return null;
  }

  private static @Nullable String failed(String message, boolean caught, Memo memo) {
    return caught ? done("!" + message, memo) : message;
  }
}
