package dev.holdfast.functions.metadata;

import com.microsoft.azure.functions.annotation.CustomBinding;
import com.microsoft.azure.functions.annotation.FunctionName;
import dev.holdfast.functions.kinds.BindingKind;
import dev.holdfast.functions.kinds.BindingKinds;
import dev.holdfast.functions.model.BindingDefinition;
import io.github.classgraph.AnnotationClassRef;
import io.github.classgraph.AnnotationEnumValue;
import io.github.classgraph.AnnotationInfo;
import io.github.classgraph.AnnotationParameterValueList;
import io.github.classgraph.ClassInfo;
import java.lang.annotation.Annotation;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns a binding annotation, read from bytecode, into the entry that function.json would have.
 *
 * <p>When the app lacks the annotation type, because thin jars do not contain the library, the type
 * is looked up in the host's library.
 */
final class BindingAnnotations {

  static final String LIBRARY = FunctionName.class.getPackageName() + ".";

  private final BindingKinds kinds;

  BindingAnnotations(BindingKinds kinds) {
    this.kinds = kinds;
  }

  /** Returns the binding, or nothing when the annotation is not a binding annotation. */
  Optional<BindingDefinition> read(AnnotationInfo annotation) {
    if (annotation.getName().equals(CustomBinding.class.getName())) {
      return Optional.of(direct(annotation));
    }
    Map<String, Object> custom = customBinding(annotation);
    BindingKind library =
        annotation.getName().startsWith(LIBRARY)
            ? kinds.ofAnnotation(simpleName(annotation))
            : null;
    if (custom != null) {
      return Optional.of(custom(annotation, custom));
    }
    return library == null ? Optional.empty() : Optional.of(known(annotation, library));
  }

  private static BindingDefinition custom(AnnotationInfo annotation, Map<String, Object> custom) {
    Map<String, Object> defaults = defaults(annotation);
    Map<String, Object> values = values(annotation, defaults);
    String name = string(values.remove("name"));
    return new BindingDefinition(
        string(custom.get("type")),
        string(custom.get("direction")),
        name.isEmpty() ? string(custom.get("name")) : name,
        written(values, defaults, Set.of()));
  }

  private static BindingDefinition known(AnnotationInfo annotation, BindingKind kind) {
    Map<String, Object> defaults = defaults(annotation);
    Map<String, Object> values = values(annotation, defaults);
    String name = string(values.remove("name"));
    String direction = simpleName(annotation).endsWith("Output") ? "out" : "in";
    return new BindingDefinition(
        kind.type(), direction, name, written(values, defaults, kind.alwaysWritten()));
  }

  private static Map<String, Object> values(
      AnnotationInfo annotation, Map<String, Object> defaults) {
    Map<String, Object> values = new LinkedHashMap<>(defaults);
    values.putAll(values(annotation.getParameterValues(false)));
    return values;
  }

  // Apps without an annotation type for a binding put CustomBinding on the parameter itself.
  private static BindingDefinition direct(AnnotationInfo custom) {
    Map<String, Object> values = values(custom.getParameterValues());
    return new BindingDefinition(
        string(values.get("type")),
        string(values.get("direction")),
        string(values.get("name")),
        Map.of());
  }

  // Leaves out attributes that have their default value, except lists, as the build plugins do.
  private static Map<String, Object> written(
      Map<String, Object> values, Map<String, Object> defaults, Set<String> always) {
    Map<String, Object> written = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> {
          boolean isDefault = value.equals(defaults.get(key)) && !(value instanceof List<?>);
          if (!isDefault || always.contains(key)) {
            written.put(key, value);
          }
        });
    return written;
  }

  private static String string(@Nullable Object value) {
    return value == null ? "" : value.toString();
  }

  private static String simpleName(AnnotationInfo annotation) {
    return annotation.getName().substring(annotation.getName().lastIndexOf('.') + 1);
  }

  /**
   * Returns the members of the {@code @CustomBinding} on the annotation's type; null when it has
   * none.
   */
  private static @Nullable Map<String, Object> customBinding(AnnotationInfo annotation) {
    ClassInfo type = annotation.getClassInfo();
    if (type != null && !type.isExternalClass()) {
      AnnotationInfo meta = type.getAnnotationInfo(CustomBinding.class.getName());
      return meta == null ? null : values(meta.getParameterValues());
    }
    CustomBinding meta =
        ours(annotation).map(ours -> ours.getAnnotation(CustomBinding.class)).orElse(null);
    return meta == null
        ? null
        : Map.of("type", meta.type(), "direction", meta.direction(), "name", meta.name());
  }

  private static Map<String, Object> defaults(AnnotationInfo annotation) {
    ClassInfo type = annotation.getClassInfo();
    if (type != null && !type.isExternalClass()) {
      return values(annotation.getDefaultParameterValues());
    }
    Map<String, Object> defaults = new LinkedHashMap<>();
    ours(annotation)
        .ifPresent(
            ours -> {
              for (Method attribute : ours.getDeclaredMethods()) {
                Object value = attribute.getDefaultValue();
                if (value != null) {
                  defaults.put(attribute.getName(), plain(value));
                }
              }
            });
    return defaults;
  }

  private static Optional<Class<? extends Annotation>> ours(AnnotationInfo annotation) {
    if (!annotation.getName().startsWith(LIBRARY)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          Class.forName(annotation.getName(), false, FunctionName.class.getClassLoader())
              .asSubclass(Annotation.class));
    } catch (ClassNotFoundException e) {
      // The annotation type is newer than the host's library, and the app does not have it either.
      return Optional.empty();
    }
  }

  static Map<String, Object> values(AnnotationParameterValueList list) {
    Map<String, Object> values = new LinkedHashMap<>();
    list.forEach(
        parameter -> {
          Object value = parameter.getValue();
          if (value != null) {
            values.put(parameter.getName(), plain(value));
          }
        });
    return values;
  }

  /** Converts a value to the types that JSON has: text, number, boolean, list or map. */
  private static Object plain(Object value) {
    if (value.getClass().isArray()) {
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        items.add(plain(Array.get(value, i)));
      }
      return items;
    }
    if (value instanceof AnnotationEnumValue constant) {
      return constant.getValueName();
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    if (value instanceof AnnotationClassRef type) {
      return type.getName();
    }
    if (value instanceof AnnotationInfo nested) {
      return values(nested.getParameterValues());
    }
    return value instanceof Class<?> type ? type.getName() : value;
  }
}
