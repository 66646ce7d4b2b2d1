package dev.holdfast.host;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes spans by OTLP over HTTP, and reads as much of them as tests ask for. */
final class SpanReceiver implements AutoCloseable {
  private final HttpServer http;
  private final List<Received> spans = new CopyOnWriteArrayList<>();

  /** A span, its ids in hex. */
  record Received(
      String service,
      String scope,
      String name,
      String traceId,
      String spanId,
      String parentId,
      Map<String, String> attributes) {}

  SpanReceiver() throws IOException {
    this.http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/v1/traces", this::take);
    http.start();
  }

  String url() {
    return "http://localhost:" + http.getAddress().getPort();
  }

  List<Received> spans() {
    return List.copyOf(spans);
  }

  private void take(HttpExchange exchange) throws IOException {
    try (exchange) {
      UnknownFieldSet request = UnknownFieldSet.parseFrom(exchange.getRequestBody());
      for (UnknownFieldSet ofResource : messages(request, 1)) {
        String service =
            attributes(messages(ofResource, 1).get(0), 1).getOrDefault("service.name", "");
        for (UnknownFieldSet ofScope : messages(ofResource, 2)) {
          String scope = text(messages(ofScope, 1).get(0), 1);
          for (UnknownFieldSet span : messages(ofScope, 2)) {
            spans.add(
                new Received(
                    service,
                    scope,
                    text(span, 5),
                    hex(span, 1),
                    hex(span, 2),
                    hex(span, 4),
                    attributes(span, 9)));
          }
        }
      }
      exchange.sendResponseHeaders(200, -1);
    }
  }

  private static Map<String, String> attributes(UnknownFieldSet message, int field)
      throws IOException {
    Map<String, String> attributes = new LinkedHashMap<>();
    for (UnknownFieldSet attribute : messages(message, field)) {
      attributes.put(text(attribute, 1), text(messages(attribute, 2).get(0), 1));
    }
    return attributes;
  }

  private static List<UnknownFieldSet> messages(UnknownFieldSet message, int field)
      throws IOException {
    List<UnknownFieldSet> messages = new ArrayList<>();
    for (ByteString bytes : message.getField(field).getLengthDelimitedList()) {
      messages.add(UnknownFieldSet.parseFrom(bytes));
    }
    return messages;
  }

  private static String text(UnknownFieldSet message, int field) {
    return bytes(message, field).toStringUtf8();
  }

  private static String hex(UnknownFieldSet message, int field) {
    return HexFormat.of().formatHex(bytes(message, field).toByteArray());
  }

  private static ByteString bytes(UnknownFieldSet message, int field) {
    List<ByteString> values = message.getField(field).getLengthDelimitedList();
    return values.isEmpty() ? ByteString.EMPTY : values.get(0);
  }

  @Override
  public void close() {
    http.stop(0);
  }
}
