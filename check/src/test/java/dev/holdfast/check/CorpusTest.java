package dev.holdfast.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.azure.functions.annotation.FunctionName;
import dev.holdfast.check.corpus.BadMachine;
import dev.holdfast.check.corpus.BadUse;
import dev.holdfast.check.corpus.Breaks;
import dev.holdfast.check.corpus.GoodMachine;
import dev.holdfast.check.corpus.GoodUse;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each bad piece breaks its rule, and no good piece breaks any. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CorpusTest {
  private static final List<Class<?>> BAD = List.of(BadMachine.class, BadUse.class);
  private static final List<Class<?>> GOOD = List.of(GoodMachine.class, GoodUse.class);

  private Report report;

  @BeforeAll
  void check() throws Exception {
    Path classes =
        Path.of(Breaks.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    report =
        Checker.check(List.of(classes.resolve(Breaks.class.getPackageName().replace('.', '/'))));
  }

  static Stream<Method> badPieces() {
    return pieces(BAD).filter(it -> it.isAnnotationPresent(Breaks.class));
  }

  static Stream<Method> goodPieces() {
    return pieces(GOOD).filter(it -> it.isAnnotationPresent(FunctionName.class));
  }

  private static Stream<Method> pieces(List<Class<?>> holders) {
    return holders.stream().flatMap(it -> Arrays.stream(it.getDeclaredMethods()));
  }

  private List<Finding> of(Method piece) {
    String name = piece.getAnnotation(FunctionName.class).value();
    return report.findings().stream().filter(it -> it.orchestrator().equals(name)).toList();
  }

  @ParameterizedTest
  @MethodSource("badPieces")
  void a_bad_piece_breaks_its_rule(Method piece) {
    assertThat(of(piece))
        .extracting(Finding::rule)
        .contains(piece.getAnnotation(Breaks.class).value());
  }

  @ParameterizedTest
  @MethodSource("goodPieces")
  void a_good_piece_breaks_none(Method piece) {
    assertThat(of(piece)).extracting(Finding::text).isEmpty();
  }

  @Test
  void the_corpus_is_large() {
    assertThat(badPieces()).hasSizeGreaterThanOrEqualTo(60);
    assertThat(goodPieces()).hasSizeGreaterThanOrEqualTo(60);
  }
}
