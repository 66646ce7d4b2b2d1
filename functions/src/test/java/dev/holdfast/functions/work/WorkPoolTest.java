package dev.holdfast.functions.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkPoolTest {

  private static final Duration IDLE = Duration.ofMillis(50);

  private final List<WorkPool> pools = new ArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicLong clock = new AtomicLong();

  private WorkPool pool(int steady, int most) {
    WorkPool pool = new WorkPool("test", steady, most, IDLE);
    pools.add(pool);
    return pool;
  }

  @AfterEach
  void closePools() {
    release.countDown();
    pools.forEach(WorkPool::close);
  }

  private interface Body {
    void run() throws Exception;
  }

  private record Job(String name, Body body, List<String> abandoned) implements WorkPool.Task {
    @Override
    public void run() {
      try {
        body.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void abandon(String reason) {
      abandoned.add(reason);
    }
  }

  private final List<String> abandoned = new CopyOnWriteArrayList<>();

  private Job job(Body body) {
    return job("job", body);
  }

  private Job job(String name, Body body) {
    return new Job(name, body, abandoned);
  }

  /** A pool of one steady thread whose places count as held when the clock says so. */
  private WorkPool heldPool(int most, int extra) {
    WorkPool pool =
        new WorkPool(
            "test", 1, new PlaceLimits(most, extra, Duration.ofMinutes(1)), IDLE, clock::get);
    pools.add(pool);
    return pool;
  }

  private void hang(WorkPool pool, String name, int count) throws Exception {
    CountDownLatch begun = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      pool.submit(
          List.of(
              job(
                  name,
                  () -> {
                    begun.countDown();
                    release.await();
                  })));
    }
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
  }

  private List<Job> jobs(int count, Body body) {
    List<Job> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(job(body));
    }
    return jobs;
  }

  @Test
  void runs_everything_with_few_threads() throws Exception {
    WorkPool pool = pool(2, 50);
    CountDownLatch done = new CountDownLatch(20_000);
    Set<String> threads = ConcurrentHashMap.newKeySet();

    for (int i = 0; i < 200; i++) {
      pool.submit(
          jobs(
              100,
              () -> {
                threads.add(Thread.currentThread().getName());
                done.countDown();
              }));
    }

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    await().untilAsserted(() -> assertThat(pool.load()).isZero());
    assertThat(threads).hasSizeLessThan(50).allMatch(name -> name.startsWith("test-"));
  }

  @Test
  void one_thread_keeps_the_order() throws Exception {
    WorkPool pool = pool(1, 1);
    List<Integer> order = new CopyOnWriteArrayList<>();
    CountDownLatch done = new CountDownLatch(100);
    for (int i = 0; i < 100; i++) {
      int number = i;
      pool.submit(
          List.of(
              job(
                  () -> {
                    order.add(number);
                    done.countDown();
                  })));
    }

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(order).isSorted();
  }

  @Test
  void blocked_tasks_get_company_up_to_the_limit() throws Exception {
    WorkPool pool = pool(2, 12);
    AtomicInteger running = new AtomicInteger();
    CyclicBarrier all = new CyclicBarrier(12);

    pool.submit(
        jobs(
            12,
            () -> {
              running.incrementAndGet();
              all.await(20, TimeUnit.SECONDS);
              release.await();
            }));
    pool.submit(jobs(5, running::incrementAndGet));

    await().untilAsserted(() -> assertThat(all.getNumberWaiting()).isZero());
    await().untilAsserted(() -> assertThat(running).hasValue(12));
    assertThat(pool.threads()).isEqualTo(12);
    assertThat(pool.load()).isEqualTo(17);

    release.countDown();
    await().untilAsserted(() -> assertThat(running).hasValue(17));
    await().untilAsserted(() -> assertThat(pool.threads()).isEqualTo(2));
  }

  @Test
  void short_tasks_pass_a_blocked_one() throws Exception {
    WorkPool pool = pool(1, 4);
    CountDownLatch begun = new CountDownLatch(1);
    pool.submit(
        List.of(
            job(
                () -> {
                  begun.countDown();
                  release.await();
                })));
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    CountDownLatch done = new CountDownLatch(100);

    pool.submit(jobs(100, done::countDown));

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void closing_abandons_what_waits_and_interrupts_what_blocks() throws Exception {
    WorkPool pool = pool(1, 1);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    pool.submit(
        List.of(
            job(
                () -> {
                  begun.countDown();
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                })));
    pool.submit(jobs(3, () -> {}));
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

    int left = pool.drain(Duration.ofMillis(10));
    pool.close();
    pool.submit(jobs(1, () -> {}));

    assertThat(left).isEqualTo(1);
    assertThat(interrupted.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(abandoned).hasSize(4).allMatch(reason -> reason.contains("shutting down"));
    await().untilAsserted(() -> assertThat(pool.threads()).isZero());
  }

  @Test
  void draining_lets_what_runs_finish() throws Exception {
    WorkPool pool = pool(1, 1);
    CountDownLatch begun = new CountDownLatch(1);
    AtomicInteger finished = new AtomicInteger();
    pool.submit(
        List.of(
            job(
                () -> {
                  begun.countDown();
                  release.await();
                  finished.incrementAndGet();
                })));
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();

    Thread later =
        new Thread(
            () -> {
              await().until(() -> pool.isClosing());
              release.countDown();
            });
    later.start();
    int left = pool.drain(Duration.ofSeconds(20));
    later.join();

    assertThat(left).isZero();
    assertThat(finished).hasValue(1);
  }

  @Test
  void task_that_throws_takes_no_thread_with_it() throws Exception {
    WorkPool pool = pool(1, 1);
    CountDownLatch done = new CountDownLatch(1);
    List<Throwable> told = new CopyOnWriteArrayList<>();

    pool.submit(
        List.of(
            job(
                () -> {
                  Thread.currentThread().setUncaughtExceptionHandler((t, e) -> told.add(e));
                  throw new IllegalArgumentException("bug");
                }),
            job(done::countDown)));

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(told).singleElement().satisfies(e -> assertThat(e).hasRootCauseMessage("bug"));
  }

  @Test
  void interrupt_of_one_task_does_not_reach_the_next() throws Exception {
    WorkPool pool = pool(1, 1);
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger seen = new AtomicInteger();

    pool.submit(
        List.of(
            job(() -> Thread.currentThread().interrupt()),
            job(
                () -> {
                  seen.set(Thread.currentThread().isInterrupted() ? 1 : 0);
                  done.countDown();
                })));

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(seen).hasValue(0);
  }

  @Test
  void another_name_gets_on_when_places_have_been_held_and_not_before() throws Exception {
    WorkPool pool = heldPool(3, 4);
    CountDownLatch done = new CountDownLatch(1);
    AtomicInteger more = new AtomicInteger();
    hang(pool, "Hangs", 3);
    pool.submit(List.of(job("Hangs", more::incrementAndGet), job("Other", done::countDown)));
    pool.look();
    assertThat(pool.held()).isZero();
    assertThat(pool.extra("Other")).isZero();
    assertThat(done.getCount()).isEqualTo(1);

    clock.set(Duration.ofMinutes(1).toNanos() + 1);
    pool.look();

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.held()).isEqualTo(3);
    assertThat(more).hasValue(0);
    release.countDown();
    await().untilAsserted(() -> assertThat(more).hasValue(1));
  }

  @Test
  void each_name_that_hangs_leaves_places_for_the_next() throws Exception {
    WorkPool pool = heldPool(20, 20);
    hang(pool, "A", 20);
    clock.set(Duration.ofMinutes(1).toNanos() + 1);
    pool.look();

    assertThat(pool.extra("A")).isZero();
    int last = 20;
    for (String name : List.of("B", "C", "D", "E")) {
      int extra = pool.extra(name);
      assertThat(extra).isBetween(1, last);
      hang(pool, name, extra);
      assertThat(pool.extra(name)).isZero();
      last = extra;
    }
    assertThat(pool.threads()).isLessThan(40);
    assertThat(pool.running()).extracting(one -> one.task().name()).contains("A", "E");
  }

  @Test
  void what_is_taken_out_of_the_queue_never_runs() throws Exception {
    WorkPool pool = pool(1, 1);
    AtomicInteger ran = new AtomicInteger();
    hang(pool, "Hangs", 1);
    pool.submit(List.of(job("Gone", ran::incrementAndGet), job("Stays", ran::incrementAndGet)));

    assertThat(pool.take(job -> job.name().equals("Gone"))).hasSize(1);

    assertThat(pool.waiting()).extracting(WorkPool.Task::name).containsExactly("Stays");
    release.countDown();
    await().untilAsserted(() -> assertThat(ran).hasValue(1));
    assertThat(abandoned).isEmpty();
  }

  @Test
  void a_look_that_fails_does_not_end_the_looks() throws Exception {
    AtomicInteger errors = new AtomicInteger(2);
    WorkPool pool =
        new WorkPool("test", 1, new PlaceLimits(4, 0, Duration.ofMinutes(1)), IDLE, clock::get) {
          @Override
          boolean inspect() {
            if (errors.getAndDecrement() > 0) {
              throw new OutOfMemoryError("made for this test");
            }
            return super.inspect();
          }
        };
    pools.add(pool);
    hang(pool, "job", 2);
    assertThat(errors).hasValueLessThan(1);
  }

  @Test
  void a_task_that_was_taken_is_run_whatever_is_thrown_meanwhile() throws Exception {
    AtomicInteger errors = new AtomicInteger(1);
    WorkPool pool =
        new WorkPool("test", 1, new PlaceLimits(1, 0, Duration.ofMinutes(1)), IDLE, clock::get) {
          @Override
          Task next(Worker worker) {
            Task next = super.next(worker);
            if (next != null && errors.getAndDecrement() > 0) {
              throw new OutOfMemoryError("made for this test");
            }
            return next;
          }
        };
    pools.add(pool);
    CountDownLatch done = new CountDownLatch(2);

    pool.submit(List.of(job(done::countDown), job(done::countDown)));

    assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
  }
}
