package dev.holdfast.functions.kinds;

import dev.holdfast.functions.invoking.HttpReplies;
import java.util.Set;

/**
 * Represents the output that becomes the reply to an HTTP request; {@link HttpReplies} makes the
 * reply.
 */
public record HttpOutput() implements OutputKind {

  @Override
  public String type() {
    return HttpReplies.BINDING_TYPE;
  }

  @Override
  public Set<String> annotations() {
    return Set.of("HttpOutput");
  }
}
