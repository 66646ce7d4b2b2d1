package dev.holdfast.server.http.keys;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Stores keys as small named records. A change is durable when the call returns.
 *
 * <p>Several processes may use the same records (the server and the command line).
 */
public interface KeyRecords {

  /**
   * Returns every record. The result is the same object until a record changes; a change by another
   * process may become visible only after a second.
   */
  Map<String, byte[]> all();

  /**
   * Replaces all records at once by the result of {@code change}; other writers wait until this is
   * done.
   */
  void change(UnaryOperator<Map<String, byte[]>> change);
}
