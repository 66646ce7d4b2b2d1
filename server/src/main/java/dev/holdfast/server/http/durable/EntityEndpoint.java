package dev.holdfast.server.http.durable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.google.protobuf.Int32Value;
import com.google.protobuf.StringValue;
import dev.holdfast.core.EntityIds;
import dev.holdfast.engine.HubEntities;
import dev.holdfast.protocol.EntityMetadata;
import dev.holdfast.protocol.EntityQuery;
import dev.holdfast.protocol.QueryEntitiesResponse;
import dev.holdfast.protocol.SignalEntityRequest;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonText;
import dev.holdfast.server.json.JsonWriter;
import java.time.Instant;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Serves requests about entities: it reads their states, lists them, and signals them. */
final class EntityEndpoint {
  /** This path segment means the empty key. */
  private static final String EMPTY_KEY = "$";

  private final HubEntities hub;

  EntityEndpoint(HubEntities hub) {
    this.hub = hub;
  }

  private static String id(String name, String key) {
    return EntityIds.normal("@" + name + "@" + (key.equals(EMPTY_KEY) ? "" : key));
  }

  CompletableFuture<Reply> state(Request request, String name, String key) {
    return hub.getEntity(id(name, key), true)
        .thenApply(
            found ->
                found
                    .filter(EntityMetadata::hasSerializedState)
                    .map(it -> state(request, it))
                    .orElseGet(() -> Reply.empty(404)));
  }

  private static Reply state(Request request, EntityMetadata entity) {
    PageParameters.claim(request, entity.getSerializedSize());
    return Reply.json(200, new JsonWriter().embed(entity.getSerializedState().getValue()));
  }

  /**
   * Signals an entity. A body that is not JSON is passed on as a string; an empty body means no
   * input.
   */
  CompletableFuture<Reply> signal(Request request, String name, String key) {
    String text = request.text();
    String input = null;
    if (!text.isEmpty()) {
      if (request.mediaType().equals("application/json")) {
        JsonProcessingException problem = JsonText.problem(text);
        if (problem != null) {
          return Reply.error(400, "Could not parse JSON content: " + JsonText.inWords(problem))
              .now();
        }
        input = text;
      } else {
        input = JsonWriter.quoted(text);
      }
    }
    String operation = request.query().get("op");
    return signal(id(name, key), operation == null ? "" : operation, input);
  }

  CompletableFuture<Reply> delete(String name, String key) {
    return signal(id(name, key), "delete", null);
  }

  private CompletableFuture<Reply> signal(String id, String operation, @Nullable String input) {
    SignalEntityRequest.Builder request =
        SignalEntityRequest.newBuilder().setInstanceId(id).setName(operation);
    if (input != null) {
      request.setInput(StringValue.of(input));
    }
    return hub.signalEntity(request.build()).thenApply(done -> Reply.empty(202));
  }

  /**
   * Lists entities.
   *
   * @param name the name of the entities to list; null means any name
   */
  CompletableFuture<Reply> list(Request request, @Nullable String name) {
    boolean states = request.query().flag("fetchState", false);
    EntityQuery.Builder wanted =
        EntityQuery.newBuilder()
            .setInstanceIdStartsWith(StringValue.of(name == null ? "@" : id(name, "")))
            .setIncludeState(states)
            .setPageSize(Int32Value.of(PageParameters.size(request.query().text("top"))));
    Instant from = TimeText.parse(request.query().get("lastOperationTimeFrom"));
    if (from != null) {
      wanted.setLastModifiedFrom(TimeText.timestamp(from));
    }
    Instant to = TimeText.parse(request.query().get("lastOperationTimeTo"));
    if (to != null) {
      wanted.setLastModifiedTo(TimeText.timestamp(to));
    }
    String token = PageParameters.continuation(request);
    if (token != null) {
      wanted.setContinuationToken(StringValue.of(token));
    }
    return hub.queryEntities(wanted.build()).thenApply(page -> page(request, page, states));
  }

  private static Reply page(Request request, QueryEntitiesResponse page, boolean states) {
    PageParameters.claim(request, page.getSerializedSize());
    JsonWriter json = new JsonWriter().array();
    Iterator<EntityMetadata> entities = page.getEntitiesList().iterator();
    Reply reply =
        Reply.json(
            200,
            json,
            () -> {
              if (!entities.hasNext()) {
                json.endArray();
                return false;
              }
              write(json, entities.next(), states);
              return true;
            });
    return PageParameters.withToken(
        PageParameters.settled(request, page.getSerializedSize(), reply),
        page.getContinuationToken().getValue());
  }

  private static void write(JsonWriter json, EntityMetadata entity, boolean states) {
    json.object()
        .name("entityId")
        .object()
        .field("name", EntityIds.name(entity.getInstanceId()))
        .field("key", EntityIds.key(entity.getInstanceId()))
        .end()
        .field("lastOperationTime", TimeText.ticks(entity.getLastModifiedTime()));
    if (states) {
      json.name("state").embed(entity.getSerializedState().getValue());
    }
    json.end();
  }
}
