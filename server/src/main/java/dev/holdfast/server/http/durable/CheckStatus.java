package dev.holdfast.server.http.durable;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.server.http.keys.Capabilities;
import dev.holdfast.server.http.keys.Permission;
import dev.holdfast.server.http.message.Reply;
import dev.holdfast.server.http.message.Request;
import dev.holdfast.server.json.JsonWriter;
import java.net.URLEncoder;
import java.util.EnumSet;
import java.util.Set;

/**
 * Makes the answer to a start, which contains the URLs for reading and controlling the instance.
 */
final class CheckStatus {
  private final Capabilities capabilities;
  private final String hubAndConnection;

  CheckStatus(DurableSettings settings, Capabilities capabilities) {
    this.capabilities = capabilities;
    this.hubAndConnection =
        "taskHub="
            + encode(settings.hubName())
            + "&connection="
            + encode(settings.connectionName());
  }

  /** Returns 202 with the URLs. The code in each URL permits only the operation of this URL. */
  Reply reply(Request request, String instanceId, boolean failureIs500) {
    String at = request.origin() + DurableApi.BASE + "/instances/" + encode(instanceId);
    String status = at + "?" + query(instanceId, EnumSet.of(Permission.READ));
    if (failureIs500) {
      status += "&returnInternalServerErrorOnFailure=true";
    }
    JsonWriter body =
        new JsonWriter()
            .object()
            .field("id", instanceId)
            .field("statusQueryGetUri", status)
            .field(
                "sendEventPostUri",
                plain(at, "/raiseEvent/{eventName}", instanceId, Permission.RAISE))
            .field("terminatePostUri", reasoned(at, "/terminate", instanceId, Permission.TERMINATE))
            .field("purgeHistoryDeleteUri", plain(at, "", instanceId, Permission.PURGE))
            .field("restartPostUri", plain(at, "/restart", instanceId, Permission.RESTART))
            .field("suspendPostUri", reasoned(at, "/suspend", instanceId, Permission.SUSPEND))
            .field("resumePostUri", reasoned(at, "/resume", instanceId, Permission.RESUME))
            .end();
    return Reply.json(202, body).with("Location", status).with("Retry-After", "10");
  }

  private String plain(String at, String operation, String instanceId, Permission permission) {
    return at + operation + "?" + query(instanceId, EnumSet.of(permission));
  }

  private String reasoned(String at, String operation, String instanceId, Permission permission) {
    return at + operation + "?reason={text}&" + query(instanceId, EnumSet.of(permission));
  }

  private String query(String instanceId, Set<Permission> permissions) {
    return hubAndConnection + "&code=" + capabilities.of(instanceId, permissions);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
