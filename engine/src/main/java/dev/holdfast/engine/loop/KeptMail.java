package dev.holdfast.engine.loop;

import com.google.protobuf.ByteString;
import dev.holdfast.core.Input;
import dev.holdfast.core.Mailbag;
import dev.holdfast.core.Problems;
import dev.holdfast.core.Rows;
import dev.holdfast.core.StoreException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads messages between instances that the store has kept, some of which may not be readable. */
public final class KeptMail {
  private KeptMail() {}

  /** Reads the message. When the record cannot be understood, the method warns and returns null. */
  static Input.@Nullable ToInstance read(Rows.Keyed mail, Problems problems) {
    ByteString bytes = mail.bytes();
    if (bytes == null) {
      return null;
    }
    try {
      return Mailbag.input(bytes);
    } catch (StoreException e) {
      problems.warn(
          "A message between instances cannot be delivered, and stays in record %s: %s"
              .formatted(mail.name(), e.getMessage()));
      return null;
    }
  }

  /** Makes a consumer that warns of damaged records. */
  public static Consumer<StoreException.Damage> lost(Problems problems) {
    return damage ->
        problems.warn(
            "A message between instances is lost, because its record is damaged: "
                + damage.words());
  }
}
