package dev.holdfast.server.http;

import dev.holdfast.server.http.keys.KeyRecords;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Key records that live as long as the test. */
public final class MemoryKeyRecords implements KeyRecords {
  private Map<String, byte[]> records = Map.of();

  @Override
  public synchronized Map<String, byte[]> all() {
    return records;
  }

  @Override
  public synchronized void change(UnaryOperator<Map<String, byte[]>> change) {
    records = Map.copyOf(change.apply(new TreeMap<>(records)));
  }
}
