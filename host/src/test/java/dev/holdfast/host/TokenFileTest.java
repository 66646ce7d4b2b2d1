package dev.holdfast.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.server.grpc.remote.TokenSource.NoTokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenFileTest {
  @TempDir Path folder;

  @Test
  void a_file_without_a_token_is_no_token() throws IOException {
    Path file = folder.resolve("token");
    TokenFile tokens = new TokenFile(file);

    assertThatThrownBy(() -> tokens.token().join()).hasCauseInstanceOf(NoTokenException.class);
    Files.writeString(file, " \n");
    assertThatThrownBy(() -> tokens.token().join())
        .hasCauseInstanceOf(NoTokenException.class)
        .hasMessageContaining(file.toString());

    Files.writeString(file, "secret\n");
    assertThat(tokens.token().join()).isEqualTo("secret");
  }
}
