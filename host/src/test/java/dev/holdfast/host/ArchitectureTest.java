package dev.holdfast.host;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessTargetWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The arrows between the rooms, and what each room leaves to others (design section 2).
 *
 * <p>It lives here because the host's class path holds every room that others build on.
 * CONTRIBUTING.md tells how each rule was proved by breaking it.
 */
class ArchitectureTest {

  private static final Pattern GENERATED = Pattern.compile(".*Proto(\\$.*)?\\.class");

  private static final JavaClasses HOUSE =
      new ClassFileImporter()
          .withImportOption(location -> !location.contains("/test-classes/"))
          .withImportOption(location -> !location.contains("-tests.jar!"))
          // Generated: nothing in it to check, and ten seconds to read.
          .withImportOption(location -> !location.contains("/dev/holdfast/protocol/"))
          .withImportOption(location -> !location.matches(GENERATED))
          .importPackages("dev.holdfast");

  private static final SliceAssignment PACKAGES =
      new SliceAssignment() {
        @Override
        public String getDescription() {
          return "each package";
        }

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass each) {
          return SliceIdentifier.of(each.getPackageName());
        }
      };

  /** What each room may use of the others. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.of(
          "core", Set.of("protocol"),
          "engine", Set.of("core", "protocol"),
          "stores", Set.of("core", "protocol"),
          "functions", Set.of("core", "protocol"),
          "server", Set.of("engine", "functions", "core", "protocol"),
          "dashboard", Set.of("server", "engine", "core", "protocol"),
          "check", Set.of(),
          "host",
              Set.of(
                  "dashboard",
                  "check",
                  "server",
                  "functions",
                  "stores",
                  "engine",
                  "core",
                  "protocol"));

  private static final Pattern MACHINE_CLOCK =
      Pattern.compile(
          "java\\.lang\\.System\\.(currentTimeMillis|nanoTime)"
              + "|java\\.time\\.\\w+\\.(now|system\\w*|tick\\w*)"
              + "|java\\.util\\.Date\\.<init>"
              + "|java\\.util\\.Calendar\\.getInstance");

  private static final Pattern OWN_DICE =
      Pattern.compile(
          "java\\.lang\\.Math\\.random"
              + "|java\\.lang\\.System\\.identityHashCode"
              + "|java\\.util\\.UUID\\.randomUUID"
              + "|java\\.util\\.(Random|SplittableRandom)\\.<init>"
              + "|java\\.util\\.Collections\\.shuffle"
              + "|java\\.util\\.concurrent\\.ThreadLocalRandom\\.current"
              + "|java\\.util\\.random\\.RandomGenerator(Factory)?\\.(of|getDefault)"
              + "|java\\.security\\.SecureRandom\\..*");

  private static final Pattern NO_FIXED_ORDER =
      Pattern.compile(
          "java\\.util\\.(HashMap|HashSet|IdentityHashMap|WeakHashMap)\\.<init>"
              + "|java\\.util\\.(Map|Set)\\.(of|ofEntries|copyOf)"
              + "|java\\.util\\.stream\\.Collectors"
              + "\\.(toSet|toMap|groupingBy|toUnmodifiableSet|toUnmodifiableMap)"
              + "|java\\.util\\..*\\.(parallel|parallelStream)");

  private static final Pattern OTHER_THREAD =
      Pattern.compile(
          "java\\.lang\\.Thread\\.(<init>|start|startVirtualThread|ofVirtual|ofPlatform)"
              + "|java\\.util\\.Timer\\.<init>"
              + "|java\\.util\\.concurrent\\.(Executors|ForkJoinPool)\\..*"
              + "|java\\.util\\.concurrent\\.\\w*ThreadPoolExecutor\\.<init>"
              + "|java\\.util\\.concurrent\\.CompletableFuture\\.\\w+Async"
              + "|java\\.util\\.concurrent\\.CompletableFuture"
              + "\\.(orTimeout|completeOnTimeout|delayedExecutor)");

  @Test
  void every_room_with_sources_is_looked_at() throws IOException {
    Set<String> seen =
        HOUSE.stream().map(ArchitectureTest::roomOf).collect(toCollection(TreeSet::new));

    assertThat(seen).containsAll(SourceTree.roomsWithSources(MAY_USE.keySet()));
  }

  @Test
  void rooms_use_only_the_rooms_below_them() {
    MAY_USE.forEach(
        (room, below) ->
            check(
                noClasses()
                    .that(resideInAPackage("dev.holdfast." + room + ".."))
                    .should()
                    .dependOnClassesThat(
                        describe(
                            "are in a room that " + room + " may not use",
                            other ->
                                other.getPackageName().startsWith("dev.holdfast.")
                                    && !roomOf(other).equals(room)
                                    && !below.contains(roomOf(other))))));
  }

  /** Only what decides knows how it decides; what it says and is told lies below. */
  @Test
  void the_ground_floor_of_core_does_not_know_what_decides() {
    check(
        noClasses()
            .that(resideInAPackage("dev.holdfast.core"))
            .should()
            .dependOnClassesThat(resideInAPackage("dev.holdfast.core.partition.."))
            .because("ports, rows and values are what deciding and storing have in common"));
  }

  @Test
  void stores_and_functions_do_not_know_what_decides() {
    check(
        noClasses()
            .that(resideInAnyPackage("dev.holdfast.stores..", "dev.holdfast.functions.."))
            .should()
            .dependOnClassesThat(resideInAPackage("dev.holdfast.core.partition.."))
            .because("a store writes and an executor runs what was decided, whatever decides"));
  }

  @Test
  void other_rooms_do_not_know_the_loop_of_the_engine() {
    check(
        noClasses()
            .that(describe("are outside engine", each -> !roomOf(each).equals("engine")))
            .should()
            .dependOnClassesThat(resideInAPackage("dev.holdfast.engine.loop.."))
            .because("what clients can ask is TaskHub, and what a host starts is Engine"));
  }

  @Test
  void core_has_no_clock_thread_io_or_logger() {
    check(
        noClasses()
            .that(resideInAPackage("dev.holdfast.core.."))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                        "java.io..",
                        "java.net..",
                        "java.nio.channels..",
                        "java.nio.file..",
                        "java.sql..",
                        "java.util.logging..",
                        "org.slf4j..")
                    // What reading protobuf and writing JSON in memory declares and never does.
                    .and(
                        notNamed(
                            "java.io.IOException",
                            "java.io.UncheckedIOException",
                            "java.io.StringWriter",
                            "java.io.Writer"))
                    .or(
                        named(
                            "java.lang.Process",
                            "java.lang.ProcessBuilder",
                            "java.lang.Runtime",
                            "java.lang.Thread",
                            "java.time.Clock",
                            "java.time.InstantSource",
                            "java.util.Timer"))
                    .or(
                        describe(
                            "run things on other threads",
                            each ->
                                each.getName()
                                    .matches(
                                        "java\\.util\\.concurrent\\.(\\w*Executor\\w*|ForkJoin\\w*"
                                            + "|CompletableFuture|CompletionStage|Thread\\w*)")))
                    .as("wait, log or touch the world outside"))
            .orShould(
                accessWhere(
                    "touch the machine through System",
                    access ->
                        access.getTarget().getOwner().isEquivalentTo(System.class)
                            && !access.getTarget().getName().equals("arraycopy")))
            .because(
                "core decides and nothing else: time and dice come in, effects go out, as values"));
  }

  @Test
  void core_and_engine_have_no_clock_or_dice_of_their_own() {
    check(
        noClasses()
            .that(resideInAnyPackage("dev.holdfast.core..", "dev.holdfast.engine.."))
            .should(
                accessWhere(
                    "read the machine's clock",
                    access ->
                        MACHINE_CLOCK.matcher(nameOf(access)).matches()
                            && !isThreads(access.getOriginOwner())))
            .orShould(accessMatching("throw dice of their own", OWN_DICE))
            .because("one seed is one world: InstantSource and RandomGenerator are handed in"));
  }

  /**
   * Coarser than the danger, which is walking through such a collection: whether it is walked
   * cannot be seen from the call that makes it. Up to one element there is nothing to be out of
   * order.
   */
  @Test
  void core_and_engine_keep_a_fixed_order() {
    check(
        noClasses()
            .that(resideInAnyPackage("dev.holdfast.core..", "dev.holdfast.engine.."))
            .should(
                accessWhere(
                    "make a collection without a fixed order",
                    access ->
                        NO_FIXED_ORDER.matcher(nameOf(access)).matches()
                            && !holdsAtMostOne(access)
                            && !bringsItsOwnMap(access)))
            .because(
                "a seed gives the same trace in every process;"
                    + " use List, LinkedHashMap, LinkedHashSet, TreeMap or EnumMap"));
  }

  @Test
  void engine_starts_threads_in_one_class_only() {
    check(
        noClasses()
            .that(resideInAPackage("dev.holdfast.engine.."))
            .should(
                accessWhere(
                    "start or use another thread",
                    access ->
                        OTHER_THREAD.matcher(nameOf(access)).matches()
                            && !isThreads(access.getOriginOwner())
                            && !isHandedItsExecutor(access)))
            .because("the simulation calls the same objects, step by step, on one thread"));
  }

  @Test
  void nothing_sleeps() {
    check(
        noClasses()
            .should(
                accessMatching(
                    "sleep",
                    Pattern.compile("java\\.(lang\\.Thread|util\\.concurrent\\.TimeUnit)\\.sleep")))
            .because("what waits is a timer of the hub or is woken"));
  }

  @Test
  void grpc_stays_in_packages_named_grpc() {
    check(
        noClasses()
            .that(
                describe(
                    "are outside packages named grpc",
                    each -> !List.of(each.getPackageName().split("\\.", -1)).contains("grpc")))
            .should()
            .dependOnClassesThat(resideInAPackage("io.grpc.."))
            .because("a room without a socket loads without gRPC on its class path"));
  }

  @Test
  void sql_stays_in_stores_and_activities() {
    check(
        noClasses()
            .that(
                describe(
                    "are outside stores and activities",
                    each -> !Set.of("stores", "activities").contains(roomOf(each))))
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                    "java.sql..",
                    "javax.sql..",
                    "org.sqlite..",
                    "org.flywaydb..",
                    "org.postgresql.."))
            .because("the port Store is all that other rooms know of a database"));
  }

  @Test
  void no_packages_form_a_circle() {
    check(
        slices()
            .assignedFrom(PACKAGES)
            .should()
            .beFreeOfCycles()
            .because("a package is read, tested and cut out with what lies below it alone"));
  }

  @Test
  void every_package_is_null_marked() {
    Set<String> unmarked =
        HOUSE.stream()
            .map(JavaClass::getPackage)
            .filter(each -> !each.isAnnotatedWith("org.jspecify.annotations.NullMarked"))
            .map(JavaPackage::getName)
            .collect(toCollection(TreeSet::new));

    assertThat(unmarked)
        .as("packages whose package-info.java lacks @NullMarked, which NullAway therefore skips")
        .isEmpty();
  }

  /** Rooms without code yet have nothing to break a rule with. */
  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(HOUSE);
  }

  private static String roomOf(JavaClass each) {
    String[] names = each.getPackageName().split("\\.", -1);
    return names.length > 2 ? names[2] : "";
  }

  private static ArchCondition<JavaClass> accessMatching(String what, Pattern name) {
    return accessWhere(what, access -> name.matcher(nameOf(access)).matches());
  }

  /** Calls, field accesses and method references alike. */
  private static ArchCondition<JavaClass> accessWhere(
      String what, Predicate<JavaAccess<?>> forbidden) {
    return accessTargetWhere(DescribedPredicate.<JavaAccess<?>>describe(what, forbidden)).as(what);
  }

  private static String nameOf(JavaAccess<?> access) {
    return access.getTarget().getOwner().getName() + "." + access.getTarget().getName();
  }

  private static boolean holdsAtMostOne(JavaAccess<?> access) {
    List<JavaClass> parameters = parametersOf(access);
    return access.getTarget().getName().equals("of")
        && parameters.stream().noneMatch(JavaClass::isArray)
        && parameters.size() <= (nameOf(access).startsWith("java.util.Map") ? 2 : 1);
  }

  /** The one class that parks and joins, and so may also look at how long it has. */
  private static boolean isThreads(JavaClass each) {
    return each.getName().matches("dev\\.holdfast\\.engine\\.agent\\.Threads(\\$.*)?");
  }

  private static boolean isHandedItsExecutor(JavaAccess<?> access) {
    return access.getTarget().getOwner().isEquivalentTo(CompletableFuture.class)
        && parametersOf(access).stream().anyMatch(each -> each.isEquivalentTo(Executor.class));
  }

  /** The collectors that take a map factory keep the order of whatever map that makes. */
  private static boolean bringsItsOwnMap(JavaAccess<?> access) {
    return parametersOf(access).stream().anyMatch(each -> each.isEquivalentTo(Supplier.class));
  }

  private static List<JavaClass> parametersOf(JavaAccess<?> access) {
    return access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget target
        ? target.getRawParameterTypes()
        : List.of();
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    return describe("are " + List.of(names), each -> List.of(names).contains(each.getName()));
  }

  private static DescribedPredicate<JavaClass> notNamed(String... names) {
    return DescribedPredicate.not(named(names));
  }
}
