package dev.holdfast.orchestrations.entities;

import com.microsoft.azure.functions.annotation.CustomBinding;
import com.microsoft.azure.functions.annotation.HasImplicitOutput;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a function an entity function: its {@code String} parameter gets a batch of operations,
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

  /** Names the binding, in letters and digits. */
  String name();

  /** Names the entity, if its name differs from the name of the function. */
  String entityName() default "";

  /** Sets the type of the value; keep the default, because the batch is text. */
  String dataType() default "string";
}
