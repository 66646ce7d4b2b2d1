package dev.holdfast.orchestrations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tells {@code holdfast check} that an orchestrator may call this code although it seems to break a
 * replay. The check skips a method with this annotation, the methods of a class with this
 * annotation, and the methods that they call. At run time the annotation has no effect.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface ReplaySafe {
  /** Says why the code does the same in every replay; the check reports an empty reason. */
  String value();
}
