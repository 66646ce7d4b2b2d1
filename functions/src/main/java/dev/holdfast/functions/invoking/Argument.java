package dev.holdfast.functions.invoking;

import com.microsoft.azure.functions.ExecutionContext;
import com.microsoft.azure.functions.OutputBinding;
import com.microsoft.azure.functions.annotation.BindingName;
import com.microsoft.azure.functions.annotation.CustomBinding;
import com.microsoft.azure.functions.annotation.FunctionName;
import java.lang.annotation.Annotation;
import java.lang.invoke.WrongMethodTypeException;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Supplies the value of one parameter of a function. When the function is loaded, it is decided
 * once which kind of argument supplies the value.
 */
interface Argument {

  @Nullable Object resolve(Invocation invocation);

  /**
   * Resolves a parameter that is bound by name; a value that middleware has set for the parameter
   * takes precedence.
   */
  record Bound(String name, ValueReader reader, FunctionPlan plan) implements Argument {
    @Override
    public @Nullable Object resolve(Invocation invocation) {
      if (invocation.isUpdated(name)) {
        return invocation.updatedValue(name);
      }
      Wire value = plan.inputNamed(name, invocation);
      if (value == null) {
        throw new IllegalStateException(
            "Cannot find matched parameter name of customer function, please check if customer"
                + " function is defined correctly: "
                + plan.whyNoInput(name));
      }
      return reader.read(value);
    }
  }

  /** Resolves a parameter that takes one entry of the trigger's metadata. */
  record Metadata(String name, ValueReader reader) implements Argument {
    @Override
    public @Nullable Object resolve(Invocation invocation) {
      Wire value = invocation.input().metadata().apply(name);
      if (value == null) {
        throw new IllegalStateException(
            "Cannot find matched @BindingName of customer function, please check if customer"
                + " function is defined correctly: the trigger has no '"
                + name
                + "'");
      }
      return reader.read(value);
    }
  }

  /** Resolves a parameter that takes the execution context, which is the invocation itself. */
  record Context() implements Argument {
    @Override
    public Object resolve(Invocation invocation) {
      return invocation;
    }
  }

  /** Resolves a parameter that takes a slot for an output. */
  record Output(String name) implements Argument {
    @Override
    public Object resolve(Invocation invocation) {
      return invocation.output(name);
    }
  }

  /** Represents a parameter that can never get a value; each call fails with the reason. */
  record Impossible(String reason) implements Argument {
    @Override
    public Object resolve(Invocation invocation) {
      throw new WrongMethodTypeException(reason);
    }
  }

  /** Returns the kind of argument that the parameter's type and annotations require. */
  static Argument of(Parameter parameter, FunctionPlan plan) {
    ValueReader reader = ValueReader.of(parameter.getParameterizedType(), plan.app().json());
    String bindingName = bindingName(parameter);
    if (OutputBinding.class.isAssignableFrom(parameter.getType())) {
      if (bindingName != null && plan.hasOutput(bindingName)) {
        return new Output(bindingName);
      }
      return new Impossible(
          "The output parameter '"
              + (bindingName == null ? parameter.getName() : bindingName)
              + "' has no output binding of that name.");
    }
    if (bindingName != null) {
      return new Bound(bindingName, reader, plan);
    }
    BindingName metadata = parameter.getAnnotation(BindingName.class);
    if (metadata != null) {
      return new Metadata(metadata.value(), reader);
    }
    return parameter.getType() == ExecutionContext.class
        ? new Context()
        : new Impossible(
            "The parameter "
                + parameter.getType().getName()
                + " "
                + parameter.getName()
                + " is neither annotated with a binding nor an ExecutionContext.");
  }

  /**
   * Returns the name that a binding annotation gives the parameter; the last annotation with a name
   * counts.
   */
  static @Nullable String bindingName(Parameter parameter) {
    String found = null;
    for (Annotation annotation : parameter.getAnnotations()) {
      String name = bindingName(annotation);
      found = name == null ? found : name;
    }
    return found;
  }

  private static @Nullable String bindingName(Annotation annotation) {
    Class<? extends Annotation> type = annotation.annotationType();
    CustomBinding custom = type.getAnnotation(CustomBinding.class);
    boolean library = type.getPackageName().equals(FunctionName.class.getPackageName());
    if (!library && custom == null) {
      return null;
    }
    String own = ownName(annotation, type);
    return own == null && custom != null ? custom.name() : own;
  }

  private static @Nullable String ownName(Annotation annotation, Class<? extends Annotation> type) {
    try {
      Method method = type.getMethod("name");
      method.setAccessible(true);
      return method.invoke(annotation) instanceof String name ? name : null;
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }
}
