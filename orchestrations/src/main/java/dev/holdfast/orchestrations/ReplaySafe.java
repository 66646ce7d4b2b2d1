package dev.holdfast.orchestrations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Tells {@code holdfast check} that this code may be called by an orchestrator although it looks as
 * if it would not replay: the check looks neither at a method with this annotation, or at the
 * methods of such a class, nor at what they call. At run time the annotation has no effect.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface ReplaySafe {
  /** Says why the code does the same in every replay; an empty reason is reported. */
  String value();
}
