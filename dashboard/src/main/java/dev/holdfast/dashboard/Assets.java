package dev.holdfast.dashboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.http.areas.PathValues;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;

/** Serves the style sheet, the script and the icon, which are read once. */
final class Assets {
  private static final String ICON =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 16 16\"><rect width=\"16\" height=\"16\""
          + " rx=\"3\" fill=\"#1f5f8b\"/><path d=\"M4 3v10M12 3v10M4 8h8\" stroke=\"#fff\""
          + " stroke-width=\"2\" fill=\"none\"/></svg>";

  private final byte[] style = read("style.css");
  private final byte[] script = read("dashboard.js");
  private final byte[] timeline = read("timeline.js");
  private final String version = version(style, script, timeline);

  /** Returns a text that changes whenever one of the files changes. */
  String version() {
    return version;
  }

  CompletableFuture<Reply> style(Request request, PathValues values) {
    return file(request, style, "text/css; charset=utf-8");
  }

  CompletableFuture<Reply> script(Request request, PathValues values) {
    return file(request, script, "text/javascript; charset=utf-8");
  }

  CompletableFuture<Reply> timeline(Request request, PathValues values) {
    return file(request, timeline, "text/javascript; charset=utf-8");
  }

  CompletableFuture<Reply> icon(Request request, PathValues values) {
    return file(request, ICON.getBytes(UTF_8), "image/svg+xml");
  }

  private CompletableFuture<Reply> file(Request request, byte[] bytes, String type) {
    boolean named = version.equals(request.query().get("v"));
    return Html.guarded(
            new Reply(200, bytes, type, List.of()),
            named ? "public, max-age=31536000, immutable" : "no-cache")
        .now();
  }

  private static byte[] read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("expected " + name + " beside the classes, but found none");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String version(byte[]... files) {
    CRC32 sum = new CRC32();
    for (byte[] file : files) {
      sum.update(file);
    }
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }
}
