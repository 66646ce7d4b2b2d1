package dev.holdfast.server.http.keys;

import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Where keys are kept: small named records, durable when a call returns.
 *
 * <p>Several processes may use the same records (the server and the command line).
 */
public interface KeyRecords {

  /**
   * Every record. The same object as long as nothing has changed; a change by another process may
   * take a second to show.
   */
  Map<String, byte[]> all();

  /**
   * Replaces all records at once by what {@code change} makes of them; no other writer comes
   * between.
   */
  void change(UnaryOperator<Map<String, byte[]>> change);
}
