package dev.holdfast.engine.program;

/**
 * Holds the payload of a numbered event: {@code number/attempt}.
 *
 * <p>A sender numbers its events from 1 for each receiver and name. A sender that does not know
 * whether an event arrived sends the same number again in another attempt. So a receiver that reads
 * each number once can distinguish a loss (a gap), a repetition by the engine (the same attempt
 * twice) and a repetition by the sender (the same number in another attempt).
 *
 * @param attempt unique in the whole run, without '/', ',' or line breaks
 */
public record Numbered(int number, String attempt) {

  public static Numbered parse(String payload) {
    int slash = payload.indexOf('/');
    return new Numbered(
        Integer.parseInt(payload.substring(0, slash)), payload.substring(slash + 1));
  }

  @Override
  public String toString() {
    return number + "/" + attempt;
  }
}
