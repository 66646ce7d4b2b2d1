package dev.holdfast.orchestrations.entities;

import org.jspecify.annotations.Nullable;

/**
 * Defines an entity as one function of operation, input and state.
 *
 * <pre>{@code
 * return EntityRunner.run(batch, op -> {
 *   int count = op.state(Integer.class, 0);
 *   if (op.is("add")) {
 *     count += op.input(Integer.class);
 *     op.setState(count);
 *   } else if (op.is("delete")) {
 *     op.deleteState();
 *   } else if (!op.is("get")) {
 *     throw new IllegalArgumentException("a counter cannot " + op.operation());
 *   }
 *   return count;
 * });
 * }</pre>
 */
@FunctionalInterface
public interface EntityFunction {

  /**
   * Runs one operation.
   *
   * @return the result for the caller, which is sent as JSON; the result of a signal is dropped
   * @throws Exception the operation fails with this exception; none of its changes and messages
   *     take effect
   */
  @Nullable Object run(EntityOperation operation) throws Exception;
}
