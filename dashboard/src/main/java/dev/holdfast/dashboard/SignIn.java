package dev.holdfast.dashboard;

import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.keys.PageAccess;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.util.concurrent.CompletableFuture;

/** Lets visitors sign in and out. */
public final class SignIn {
  private static final String KEY = "key";

  private final Pages pages;
  private final PageAccess access;

  SignIn(Pages pages, PageAccess access) {
    this.pages = pages;
    this.access = access;
  }

  /**
   * Holds the content of the page for signing in.
   *
   * @param wrong whether a key was refused just now
   */
  public record View(boolean wrong) {}

  /** Redirects a request for the folder of the dashboard to its first page. */
  CompletableFuture<Reply> entrance(Request request, PathValues values) {
    return Html.goTo(request.path().endsWith("/") ? "now" : "dashboard/now").now();
  }

  CompletableFuture<Reply> form(Request request, PathValues values) {
    return access.asksForKeys() ? form(request, 200, false).now() : Html.goTo("now").now();
  }

  private Reply form(Request request, int status, boolean wrong) {
    return pages.page(request, status, "signin", "Sign in", "", new View(wrong));
  }

  CompletableFuture<Reply> signIn(Request request, PathValues values) {
    access.checkOrigin(request);
    String secret = PageAccess.form(request).getOrDefault(KEY, "").trim();
    return access
        .signIn(request, secret)
        .map(cookie -> Html.goTo("now").with("Set-Cookie", cookie))
        .orElseGet(() -> form(request, 401, true))
        .now();
  }

  CompletableFuture<Reply> signOut(Request request, PathValues values) {
    return Html.goTo("sign-in").with("Set-Cookie", access.signOut(request)).now();
  }
}
