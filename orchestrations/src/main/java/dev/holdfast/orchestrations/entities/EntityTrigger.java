package dev.holdfast.orchestrations.entities;

import com.microsoft.azure.functions.annotation.CustomBinding;
import com.microsoft.azure.functions.annotation.HasImplicitOutput;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a function the home of an entity: its {@code String} parameter gets a batch of operations,
 * which {@link EntityRunner} runs and answers.
 *
 * <pre>{@code
 * @FunctionName("Counter")
 * public String counter(@EntityTrigger(name = "batch") String batch) {
 *   return EntityRunner.run(batch, Counter.class);
 * }
 * }</pre>
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
@CustomBinding(direction = "in", name = "", type = "entityTrigger")
@HasImplicitOutput
public @interface EntityTrigger {

  /** What the binding is called; letters and digits. */
  String name();

  /** The entity's name, if it is not that of the function. */
  String entityName() default "";

  /** Leave it: the batch is text. */
  String dataType() default "string";
}
