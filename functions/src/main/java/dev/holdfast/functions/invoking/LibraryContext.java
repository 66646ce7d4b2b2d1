package dev.holdfast.functions.invoking;

import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads private fields of the orchestration context in the released client libraries. They tell
 * which events the orchestrator awaits, which events have arrived and are kept, and which tasks are
 * open. The fields have had the same names since 1.0.0. From a library without these fields,
 * nothing can be read.
 */
public final class LibraryContext {
  private static final Logger log = LoggerFactory.getLogger("Host.Functions");
  private static final String TIMER = "(timer)";

  private static final ClassValue<Optional<LibraryContext>> KNOWN =
      new ClassValue<>() {
        @Override
        protected Optional<LibraryContext> computeValue(Class<?> type) {
          try {
            return Optional.of(new LibraryContext(type));
          } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            log.debug("What {} awaits cannot be read.", type.getName(), e);
            return Optional.empty();
          }
        }
      };

  private final Field awaited;
  private final Field kept;
  private final Field open;
  private final Method replaying;
  private final Method taskName;
  private final Method task;
  private final Method eventRaised;
  private final Method eventName;
  private final Class<?> taskType;
  private final Method isDone;

  private LibraryContext(Class<?> type) throws ReflectiveOperationException {
    awaited = field(type, "outstandingEvents");
    kept = field(type, "unprocessedEvents");
    open = field(type, "openTasks");
    replaying = type.getMethod("getIsReplaying");
    replaying.setAccessible(true);
    ClassLoader loader = type.getClassLoader();
    Class<?> record = Class.forName(type.getName() + "$TaskRecord", false, loader);
    taskName = record.getMethod("getTaskName");
    taskName.setAccessible(true);
    task = record.getMethod("getTask");
    task.setAccessible(true);
    String events =
        type.getPackageName() + ".implementation.protobuf.OrchestratorService$HistoryEvent";
    eventRaised = Class.forName(events, false, loader).getMethod("getEventRaised");
    eventName = eventRaised.getReturnType().getMethod("getName");
    taskType = Class.forName(type.getPackageName() + ".Task", false, loader);
    isDone = taskType.getMethod("isDone");
  }

  private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /**
   * Returns an object that reads this context; null when the context belongs to an unknown version
   * of the library.
   */
  public static @Nullable LibraryContext of(Object context) {
    return KNOWN.get(context.getClass()).orElse(null);
  }

  /** Returns whether the orchestrator is replaying. */
  boolean isReplaying(Object context) {
    try {
      return Boolean.TRUE.equals(replaying.invoke(context));
    } catch (ReflectiveOperationException e) {
      throw unreadable(e);
    }
  }

  /** Returns the names of the events that the orchestrator awaits. */
  public Set<String> awaited(Object context) {
    Set<String> names = new LinkedHashSet<>();
    for (Object name : ((Map<?, ?>) value(awaited, context)).keySet()) {
      names.add(String.valueOf(name));
    }
    return names;
  }

  /**
   * Returns the names of the events that have arrived and that the orchestrator has not asked for,
   * each name once.
   *
   * @param most the maximum number of names to return
   */
  public Set<String> kept(Object context, int most) {
    Collection<?> events = (Collection<?>) value(kept, context);
    if (events.isEmpty()) {
      return Set.of();
    }
    Set<String> names = new LinkedHashSet<>();
    try {
      for (Object event : events) {
        names.add((String) eventName.invoke(eventRaised.invoke(event)));
        if (names.size() == most) {
          break;
        }
      }
    } catch (ReflectiveOperationException e) {
      throw unreadable(e);
    }
    return names;
  }

  /** Returns whether any activity, sub-orchestration or timer is open. */
  public boolean hasOpen(Object context) {
    return !((Map<?, ?>) value(open, context)).isEmpty();
  }

  /** Returns whether any activity or sub-orchestration is open. */
  public boolean hasOpenBesidesTimers(Object context) {
    try {
      for (Object record : ((Map<?, ?>) value(open, context)).values()) {
        if (!TIMER.equals(taskName.invoke(record))) {
          return true;
        }
      }
      return false;
    } catch (ReflectiveOperationException e) {
      throw unreadable(e);
    }
  }

  /** Returns whether the value is a task that an orchestrator can wait for. */
  boolean isTask(@Nullable Object value) {
    return taskType.isInstance(value);
  }

  /** Returns whether this task is completed. */
  boolean isDone(Object value) {
    try {
      return Boolean.TRUE.equals(isDone.invoke(value));
    } catch (ReflectiveOperationException e) {
      throw unreadable(e);
    }
  }

  /**
   * Returns whether an answer can still come for this task, or for another task with the same name.
   */
  boolean isExpected(Object context, Object value, String name) {
    List<Object> records = new ArrayList<>(((Map<?, ?>) value(open, context)).values());
    for (Object queue : ((Map<?, ?>) value(awaited, context)).values()) {
      records.addAll((Collection<?>) queue);
    }
    try {
      boolean retries = value.getClass().getSimpleName().equals("RetriableTask");
      for (Object record : records) {
        Object recorded = taskName.invoke(record);
        boolean mayBe = name.equals(recorded) || (retries && TIMER.equals(recorded));
        if (mayBe || isSame(task.invoke(record), value)) {
          return true;
        }
      }
      return false;
    } catch (ReflectiveOperationException e) {
      throw unreadable(e);
    }
  }

  @SuppressWarnings("ReferenceEquality") // Two tasks are equal only if they are the same object.
  private static boolean isSame(@Nullable Object one, Object other) {
    return one == other;
  }

  private static Object value(Field field, Object context) {
    try {
      return field.get(context);
    } catch (ReflectiveOperationException e) {
      throw unreadable(e);
    }
  }

  private static IllegalStateException unreadable(ReflectiveOperationException e) {
    return new IllegalStateException("The client library's context cannot be read.", e);
  }
}
