package dev.holdfast.simulation;

import dev.holdfast.core.EntityIds;
import dev.holdfast.core.Rows;
import dev.holdfast.core.Statuses;
import dev.holdfast.core.Store;
import dev.holdfast.core.partition.Views;
import dev.holdfast.engine.program.Ledgers;
import dev.holdfast.protocol.HistoryEvent;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Checks the ledger entities at the end of a run: every operation that a history records was
 * performed exactly once, the operations of one sender were performed in order, and no ended
 * instance holds a lock.
 */
final class LedgerJudge {
  private static final Pattern LEGACY = Pattern.compile("\"op\":\"(\\w+)\".*\"input\":\"([^ \"]*)");

  private final World world;
  private final boolean rewound;
  private final Map<String, List<String>> entries = new LinkedHashMap<>();

  LedgerJudge(World world, List<Subject> subjects) {
    this.world = world;
    // A rewound instance may repeat operations that were performed but not answered.
    this.rewound = subjects.stream().anyMatch(subject -> subject.asked.of(Kind.REWIND) > 0);
  }

  void judge() {
    for (Rows.Instance row : world.memory().query(Store.Query.all(100).withPrefix("@"))) {
      String state = row.state().hasInput() ? row.state().getInput().getValue() : null;
      entries.put(row.id(), Ledgers.entries(state));
      String holder = Views.entity(row.state(), 0, false).getLockedBy().getValue();
      if (!holder.isEmpty() && !lives(holder)) {
        world.violated(row.id() + " is locked by " + holder + ", which has ended", null);
      }
    }
    entries.forEach(this::judge);
    for (Rows.Instance row :
        world.memory().query(Store.Query.all(Integer.MAX_VALUE).withoutEntities())) {
      Store.Stored stored = world.memory().loadByKey(List.of(row.key()), Store.Detail.ALL).get(0);
      for (HistoryEvent event : Durable.events(stored)) {
        judge(row, event);
      }
    }
  }

  private boolean lives(String id) {
    List<Store.Stored> found = world.memory().load(List.of(id), Store.Detail.SUMMARY);
    return !found.isEmpty() && !Statuses.isEnded(found.get(0).instance().status());
  }

  private void judge(String ledger, List<String> made) {
    world.trace().count("operations done", made.size());
    if (rewound) {
      return;
    }
    Set<String> once = new LinkedHashSet<>();
    Map<String, Integer> last = new LinkedHashMap<>();
    for (String entry : made) {
      int dot = entry.lastIndexOf('.');
      String number = entry.substring(dot + 1);
      if (!once.add(entry)) {
        world.violated(ledger + " has done " + entry + " twice", null);
      }
      if (!number.endsWith("later")) {
        Integer before = last.put(entry.substring(0, dot), Integer.valueOf(number));
        if (before != null && before >= Integer.parseInt(number)) {
          world.violated(ledger + " has done " + entry + " after number " + before, null);
        }
      }
    }
  }

  private void judge(Rows.Instance sender, HistoryEvent event) {
    switch (event.getEventTypeCase()) {
      case ENTITYOPERATIONSIGNALED ->
          judge(
              sender,
              event.getEntityOperationSignaled().getTargetInstanceId().getValue(),
              event.getEntityOperationSignaled().getOperation(),
              event.getEntityOperationSignaled().getInput().getValue());
      case ENTITYOPERATIONCALLED ->
          judge(
              sender,
              event.getEntityOperationCalled().getTargetInstanceId().getValue(),
              event.getEntityOperationCalled().getOperation(),
              event.getEntityOperationCalled().getInput().getValue());
      case EVENTSENT -> {
        Matcher legacy = LEGACY.matcher(event.getEventSent().getInput().getValue());
        String target = event.getEventSent().getInstanceId();
        if (EntityIds.isEntity(target) && legacy.find()) {
          judge(sender, target, legacy.group(1), legacy.group(2));
        }
      }
      default -> {
        // Other events do not concern entities.
      }
    }
  }

  private void judge(Rows.Instance sender, String target, String operation, String input) {
    String ledger = EntityIds.normal(target);
    String entry = input.split(" ", 2)[0];
    if (!operation.equals("fail") && !entries.getOrDefault(ledger, List.of()).contains(entry)) {
      world.violated(
          "%s has asked %s to %s %s, which was never done"
              .formatted(sender.id(), ledger, operation, entry),
          null);
    }
  }
}
