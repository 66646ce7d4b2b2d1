package dev.holdfast.server.http.routes;

import dev.holdfast.functions.FunctionApp;
import dev.holdfast.functions.model.HttpCall;
import dev.holdfast.functions.model.HttpReply;
import dev.holdfast.functions.model.HttpRoute;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Gives access to the HTTP functions of an app. */
public interface HttpFunctions {

  /** Represents an app without HTTP functions. */
  HttpFunctions NONE =
      new HttpFunctions() {
        @Override
        public List<HttpRoute> routes() {
          return List.of();
        }

        @Override
        public CompletableFuture<HttpReply> call(String functionName, HttpCall call) {
          return CompletableFuture.completedFuture(HttpReply.empty(404));
        }
      };

  /** Returns the HTTP functions of a loaded app. */
  static HttpFunctions of(FunctionApp app) {
    return new HttpFunctions() {
      @Override
      public List<HttpRoute> routes() {
        return app.httpRoutes();
      }

      @Override
      public CompletableFuture<HttpReply> call(String functionName, HttpCall call) {
        return app.call(functionName, call);
      }
    };
  }

  List<HttpRoute> routes();

  /** Calls a function; the method must not block. See {@link FunctionApp#call} for its failures. */
  CompletableFuture<HttpReply> call(String functionName, HttpCall call);
}
