package dev.holdfast.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CallsTest {
  private final List<Throwable> errors = new ArrayList<>();

  private final class Client extends ServerCallStreamObserver<String> {
    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void request(int count) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}

    @Override
    public void onNext(String value) {}

    @Override
    public void onError(Throwable thrown) {
      errors.add(thrown);
    }

    @Override
    public void onCompleted() {}
  }

  @Test
  void a_client_hears_of_an_error_that_its_answer_met() {
    CompletableFuture<String> answer = new CompletableFuture<>();
    new Calls()
        .answer(
            new Client(),
            () -> answer,
            text -> {
              throw new OutOfMemoryError("made for this test");
            });

    answer.complete("state");

    assertThat(errors)
        .singleElement()
        .satisfies(
            it -> assertThat(Status.fromThrowable(it).getCode()).isEqualTo(Status.Code.INTERNAL));
  }
}
