package dev.holdfast.server.http.keys;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Keeps keys as small named records, which are durable when a call returns.
 *
 * <p>Several processes may use the same records (the server and the command line).
 */
public interface KeyRecords {

  /**
   * Returns every record. The result is the same object until a record changes; a change by another
   * process may take a second to show.
   */
  Map<String, byte[]> all();

  /**
   * Replaces all records at once by the result of {@code change}; no other writer comes between.
   */
  void change(UnaryOperator<Map<String, byte[]>> change);
}
