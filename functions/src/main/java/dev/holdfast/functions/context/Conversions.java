package dev.holdfast.functions.context;

/**
 * Says how values and failures are passed between the hub and functions.
 *
 * @param activityStringInput what an activity's text parameter receives when the input is a JSON
 *     string
 * @param shortFailureNames true: a failed activity reports only its root cause, by its simple class
 *     name, as older hosts do; false: it reports full class names with all causes
 */
public record Conversions(ActivityStringInput activityStringInput, boolean shortFailureNames) {

  /** These are the conversions of a host with an empty host.json. */
  public static final Conversions DEFAULT = new Conversions(ActivityStringInput.RAW, false);

  /** Says what a text parameter of an activity receives when the input is a JSON string. */
  public enum ActivityStringInput {
    /** The parameter receives the JSON text with its quotes, as in Azure Functions today. */
    RAW,
    /** The parameter receives the string itself, as tutorials show it. */
    UNWRAPPED
  }
}
