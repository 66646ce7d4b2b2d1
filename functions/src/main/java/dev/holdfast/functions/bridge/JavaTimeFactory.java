package dev.holdfast.functions.bridge;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import com.google.gson.TypeAdapter;
import com.google.gson.TypeAdapterFactory;
import com.google.gson.reflect.TypeToken;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes java.time values as ISO texts. It reads these texts and also the default forms of Jackson
 * (arrays of fields, decimal seconds), because orchestrators write with Jackson and activities with
 * Gson.
 */
final class JavaTimeFactory implements TypeAdapterFactory {

  private static final Map<Class<?>, Function<String, Object>> FROM_TEXT = new HashMap<>();
  private static final Map<Class<?>, Function<BigDecimal, Object>> FROM_NUMBER = new HashMap<>();
  private static final Map<Class<?>, Function<List<Integer>, Object>> FROM_FIELDS = new HashMap<>();

  static {
    FROM_TEXT.put(Instant.class, Instant::parse);
    FROM_TEXT.put(Duration.class, Duration::parse);
    FROM_TEXT.put(Period.class, Period::parse);
    FROM_TEXT.put(LocalDate.class, LocalDate::parse);
    FROM_TEXT.put(LocalTime.class, LocalTime::parse);
    FROM_TEXT.put(LocalDateTime.class, LocalDateTime::parse);
    FROM_TEXT.put(OffsetDateTime.class, OffsetDateTime::parse);
    FROM_TEXT.put(OffsetTime.class, OffsetTime::parse);
    FROM_TEXT.put(ZonedDateTime.class, ZonedDateTime::parse);
    FROM_TEXT.put(Year.class, Year::parse);
    FROM_TEXT.put(YearMonth.class, YearMonth::parse);
    FROM_TEXT.put(MonthDay.class, MonthDay::parse);
    FROM_TEXT.put(ZoneOffset.class, ZoneOffset::of);
    FROM_TEXT.put(ZoneId.class, ZoneId::of);

    FROM_NUMBER.put(Instant.class, JavaTimeFactory::instant);
    FROM_NUMBER.put(OffsetDateTime.class, n -> instant(n).atOffset(ZoneOffset.UTC));
    FROM_NUMBER.put(ZonedDateTime.class, n -> instant(n).atZone(ZoneOffset.UTC));
    FROM_NUMBER.put(Duration.class, n -> Duration.ofSeconds(n.longValue(), nanos(n)));
    FROM_NUMBER.put(Year.class, n -> Year.of(n.intValueExact()));

    FROM_FIELDS.put(LocalDate.class, f -> LocalDate.of(f.get(0), f.get(1), f.get(2)));
    FROM_FIELDS.put(LocalTime.class, f -> time(f, 0));
    FROM_FIELDS.put(
        LocalDateTime.class,
        f -> LocalDateTime.of(LocalDate.of(f.get(0), f.get(1), f.get(2)), time(f, 3)));
    FROM_FIELDS.put(YearMonth.class, f -> YearMonth.of(f.get(0), f.get(1)));
  }

  private static Instant instant(BigDecimal seconds) {
    return Instant.ofEpochSecond(seconds.longValue(), nanos(seconds));
  }

  private static long nanos(BigDecimal seconds) {
    return seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue();
  }

  private static LocalTime time(List<Integer> fields, int start) {
    int second = fields.size() > start + 2 ? fields.get(start + 2) : 0;
    int nano = fields.size() > start + 3 ? fields.get(start + 3) : 0;
    return LocalTime.of(fields.get(start), fields.get(start + 1), second, nano);
  }

  @Override
  public <T> @Nullable TypeAdapter<T> create(Gson gson, TypeToken<T> type) {
    Class<? super T> raw = type.getRawType();
    Class<?> known =
        ZoneId.class.isAssignableFrom(raw) && raw != ZoneOffset.class ? ZoneId.class : raw;
    Function<String, Object> fromText = FROM_TEXT.get(known);
    if (fromText == null) {
      return null;
    }
    return new TypeAdapter<T>() {
      @Override
      public void write(JsonWriter out, @Nullable T value) throws IOException {
        out.value(value == null ? null : value.toString());
      }

      @Override
      @SuppressWarnings("unchecked")
      public @Nullable T read(JsonReader in) throws IOException {
        return (T) JavaTimeFactory.read(in, known, fromText);
      }
    };
  }

  private static @Nullable Object read(
      JsonReader in, Class<?> type, Function<String, Object> fromText) throws IOException {
    JsonToken token = in.peek();
    if (token == JsonToken.NULL) {
      in.nextNull();
      return null;
    }
    Function<BigDecimal, Object> fromNumber = FROM_NUMBER.get(type);
    Function<List<Integer>, Object> fromFields = FROM_FIELDS.get(type);
    try {
      if (token == JsonToken.NUMBER && fromNumber != null) {
        return fromNumber.apply(new BigDecimal(in.nextString()));
      }
      if (token == JsonToken.BEGIN_ARRAY && fromFields != null) {
        return fromFields.apply(fields(in));
      }
      return fromText.apply(in.nextString());
    } catch (DateTimeException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new JsonParseException("no " + type.getSimpleName() + " at " + in.getPath(), e);
    }
  }

  private static List<Integer> fields(JsonReader in) throws IOException {
    List<Integer> fields = new ArrayList<>();
    in.beginArray();
    while (in.hasNext()) {
      fields.add(in.nextInt());
    }
    in.endArray();
    return fields;
  }
}
