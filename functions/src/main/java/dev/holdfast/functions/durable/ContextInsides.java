package dev.holdfast.functions.durable;

import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Accesses those fields of the client library's orchestration context that show how far a replay
 * has come. The fields have the same names in all versions from 1.0.0 to 1.9.0; the app brings the
 * classes.
 */
final class ContextInsides {
  private final Class<?> type;
  private final Field pendingActions;
  private final Field player;
  private final Field past;
  private final Field fresh;
  private final Field current;
  private final Field index;

  private ContextInsides(Class<?> type) throws NoSuchFieldException {
    this.type = type;
    pendingActions = field(type, "pendingActions", LinkedHashMap.class);
    player = field(type, "historyEventPlayer", null);
    past = field(player.getType(), "pastEvents", List.class);
    fresh = field(player.getType(), "newEvents", List.class);
    current = field(player.getType(), "currentHistoryList", List.class);
    index = field(player.getType(), "currentHistoryIndex", int.class);
  }

  private static Field field(Class<?> owner, String name, @Nullable Class<?> wanted)
      throws NoSuchFieldException {
    Field field = owner.getDeclaredField(name);
    if (wanted != null && field.getType() != wanted) {
      throw new NoSuchFieldException(name + " of type " + wanted.getName());
    }
    field.setAccessible(true);
    return field;
  }

  /**
   * Returns an object that accesses the fields of this class; null when the class lacks the known
   * fields.
   */
  static @Nullable ContextInsides of(Class<?> type) {
    try {
      return new ContextInsides(type);
    } catch (NoSuchFieldException | RuntimeException e) {
      return null;
    }
  }

  boolean fits(Object context) {
    return context.getClass() == type;
  }

  /** Supplies the replacements for the library's own collections. */
  interface Instead {
    /**
     * Returns the replacement of the map of actions; the library's field requires a LinkedHashMap.
     */
    Map<Object, Object> actions();

    /**
     * Returns the replacement of the recorded events.
     *
     * @param taken the number of events that the library has already taken
     */
    List<Object> past(List<Object> events, int taken);

    /**
     * Returns the replacement of the new events.
     *
     * @param taken the number of events that the library has already taken
     */
    List<Object> fresh(List<Object> events, int taken);
  }

  /**
   * Replaces the library's collections before user code begins; events and actions that the library
   * has already handled keep their positions.
   */
  // These are the library's own lists and map; this code reads and fills them as collections of
  // objects.
  @SuppressWarnings("unchecked")
  void replace(Object context, Instead instead) throws IllegalAccessException {
    Object events = player.get(context);
    List<Object> now = (List<Object>) current.get(events);
    List<Object> recorded = (List<Object>) past.get(events);
    List<Object> arrived = (List<Object>) fresh.get(events);
    boolean inFresh = now == arrived;
    int taken = index.getInt(events);
    List<Object> ourPast = instead.past(recorded, inFresh ? recorded.size() : taken);
    List<Object> ourFresh = instead.fresh(arrived, inFresh ? taken : 0);
    Map<Object, Object> actions = instead.actions();
    actions.putAll((Map<Object, Object>) pendingActions.get(context));
    past.set(events, ourPast);
    fresh.set(events, ourFresh);
    current.set(events, inFresh ? ourFresh : ourPast);
    pendingActions.set(context, actions);
  }
}
