package dev.holdfast.functions.invoking;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a turn of an orchestrator once more to find out which message it waits for in vain. The
 * rehearsal records the tasks that the context hands out, and then finds the tasks whose answers
 * are lost. It drops the answer of the turn, which is the turn's only effect.
 *
 * <p>The released client libraries remove a task from their list before they deserialize its
 * payload, and ignore the exception of a payload that does not fit, so that the task never
 * completes.
 */
public final class Rehearsal {
  private static final Set<String> WATCHED =
      Set.of("waitForExternalEvent", "callActivity", "callSubOrchestrator");

  private final List<Asked> asked = new ArrayList<>();
  private @Nullable Object context;

  private record Asked(String call, String name, String type, Object task) {}

  /**
   * Describes a task whose answer has arrived and was lost.
   *
   * @param name the name of the event, activity or orchestrator
   * @param type the type that the answer should have had
   */
  public record Lost(Kind kind, String name, String type) {
    /** Says which kind of task the orchestrator asked for. */
    public enum Kind {
      EVENT,
      ACTIVITY,
      CHILD
    }
  }

  private Rehearsal() {}

  /**
   * Runs the turn and returns the first task whose answer is lost; null when there is none or it
   * cannot be found out.
   */
  public static @Nullable Lost of(FunctionPlan plan, Wire request) {
    Rehearsal rehearsal = new Rehearsal();
    Invocation invocation = plan.begin(TriggerInput.of(request));
    invocation.rehearse(rehearsal::watch);
    try {
      plan.run(invocation);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      // This run ended differently from the first run, so it tells nothing about the first one.
      return null;
    }
    return rehearsal.lost();
  }

  private Object watch(Object original) {
    context = original;
    LibraryContext library = LibraryContext.of(original);
    if (library == null) {
      return original;
    }
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          Object result = call(original, method, arguments);
          if (result != null && WATCHED.contains(method.getName()) && library.isTask(result)) {
            asked.add(asked(method, arguments, result));
          }
          return result;
        };
    return Proxy.newProxyInstance(
        original.getClass().getClassLoader(), original.getClass().getInterfaces(), handler);
  }

  private static @Nullable Object call(
      Object original, Method method, Object @Nullable [] arguments) throws Throwable {
    try {
      method.setAccessible(true);
      return method.invoke(original, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static Asked asked(Method method, Object[] arguments, Object task) {
    String type = "the type that it asks for";
    for (Object argument : arguments) {
      if (argument instanceof Class<?> wanted) {
        type = wanted.getTypeName();
      }
    }
    return new Asked(method.getName(), String.valueOf(arguments[0]), type, task);
  }

  private @Nullable Lost lost() {
    LibraryContext library = context == null ? null : LibraryContext.of(context);
    if (context == null || library == null) {
      return null;
    }
    for (Asked one : asked) {
      if (!library.isDone(one.task()) && !library.isExpected(context, one.task(), one.name())) {
        return new Lost(kind(one.call()), one.name(), one.type());
      }
    }
    return null;
  }

  private static Lost.Kind kind(String call) {
    return switch (call) {
      case "waitForExternalEvent" -> Lost.Kind.EVENT;
      case "callActivity" -> Lost.Kind.ACTIVITY;
      default -> Lost.Kind.CHILD;
    };
  }
}
