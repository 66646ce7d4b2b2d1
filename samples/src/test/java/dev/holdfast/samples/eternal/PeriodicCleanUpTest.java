package dev.holdfast.samples.eternal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import com.microsoft.azure.functions.ExecutionContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeriodicCleanUpTest {

  private final String temporaryBefore = System.getProperty("java.io.tmpdir");
  private final ExecutionContext context = mock(ExecutionContext.class);
  private final PeriodicCleanUp.Plan plan = new PeriodicCleanUp.Plan();
  @TempDir Path temporary;

  @BeforeEach
  void useOwnFolder() {
    System.setProperty("java.io.tmpdir", temporary.toString());
    when(context.getLogger()).thenReturn(Logger.getAnonymousLogger());
  }

  @AfterEach
  void giveBackFolder() {
    System.setProperty("java.io.tmpdir", temporaryBefore);
  }

  @Test
  void removes_old_temporary_files_and_nothing_else() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("holdfast-clean-up"));
    Instant old = Instant.now().minusMillis(plan.olderThanMillis * 2);
    Path oldTemporary = file(folder, "old.tmp", old);
    Path young = file(folder, "young.tmp", Instant.now());
    Path other = file(folder, "old.txt", old);
    Path subfolder = Files.createDirectory(folder.resolve("folder.tmp"));

    int removed = new PeriodicCleanUp().removeOldFiles(plan, context);

    assertThat(removed).isEqualTo(1);
    assertThat(oldTemporary).doesNotExist();
    assertThat(young).exists();
    assertThat(other).exists();
    assertThat(subfolder).exists();
  }

  @Test
  void without_a_folder_there_is_nothing_to_do() throws IOException {
    assertThat(new PeriodicCleanUp().removeOldFiles(plan, context)).isZero();
  }

  private static Path file(Path folder, String name, Instant modified) throws IOException {
    Path file = Files.createFile(folder.resolve(name));
    return Files.setLastModifiedTime(file, FileTime.from(modified));
  }
}
