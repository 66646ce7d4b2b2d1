package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.OutputBinding;
import org.jspecify.annotations.Nullable;

/** Holds the value that user code sets for an output binding. */
final class OutputSlot implements OutputBinding<@Nullable Object> {

  private @Nullable Object value;

  @Override
  public @Nullable Object getValue() {
    return value;
  }

  @Override
  public void setValue(@Nullable Object value) {
    this.value = value;
  }
}
