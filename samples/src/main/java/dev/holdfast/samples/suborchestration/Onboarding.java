package dev.holdfast.samples.suborchestration;

import com.microsoft.azure.functions.HttpMethod;
import com.microsoft.azure.functions.HttpRequestMessage;
import com.microsoft.azure.functions.HttpResponseMessage;
import com.microsoft.azure.functions.annotation.AuthorizationLevel;
import com.microsoft.azure.functions.annotation.FunctionName;
import com.microsoft.azure.functions.annotation.HttpTrigger;
import com.microsoft.durabletask.TaskOrchestrationContext;
import com.microsoft.durabletask.azurefunctions.DurableActivityTrigger;
import com.microsoft.durabletask.azurefunctions.DurableClientContext;
import com.microsoft.durabletask.azurefunctions.DurableClientInput;
import com.microsoft.durabletask.azurefunctions.DurableOrchestrationTrigger;
import dev.holdfast.orchestrations.FanOut;
import dev.holdfast.samples.Starter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Shows sub-orchestrations: one orchestration consists of others.
 *
 * <p>Use this pattern to give a part of the work its own history, status and instance id, to reuse
 * this part elsewhere, or to keep each history short when there is much work. In this sample a team
 * is welcomed, each member by a sub-orchestration of its own; a failed one does not stop the
 * others.
 *
 * <pre>
 * curl -X POST http://localhost:7071/api/StartOnboardTeam
 * curl -X POST http://localhost:7071/api/StartOnboardTeam -H 'Content-Type: application/json' \
 *      -d '{"team":"Compilers","people":["Grace","Jean",""]}'
 * </pre>
 *
 * <p>The output of the second request names two members that are ready, and counts one member that
 * is not, because it has no name. A member's status is the status of the instance {@code ID:0},
 * {@code ID:1}, …, where {@code ID} is the team's instance.
 */
public class Onboarding {

  @FunctionName("StartOnboardTeam")
  public HttpResponseMessage start(
      @HttpTrigger(
              name = "request",
              methods = {HttpMethod.GET, HttpMethod.POST},
              authLevel = AuthorizationLevel.ANONYMOUS)
          HttpRequestMessage<Optional<String>> request,
      @DurableClientInput(name = "durable") DurableClientContext durable) {
    return Starter.start(request, durable, "OnboardTeam", Team.class);
  }

  @FunctionName("OnboardTeam")
  public Welcomed onboardTeam(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Team given = ctx.getInput(Team.class);
    Team team = given == null ? new Team() : given;

    List<Person> people = team.members(ctx.getInstanceId());
    List<FanOut.Outcome<String>> outcomes =
        FanOut.over(
                ctx,
                people,
                person ->
                    ctx.callSubOrchestrator(
                        "OnboardPerson", person, person.instanceId, String.class))
            .settle();

    Welcomed welcomed = new Welcomed(team.team);
    for (FanOut.Outcome<String> outcome : outcomes) {
      if (outcome.value() != null) {
        welcomed.ready.add(outcome.value());
      } else {
        welcomed.failed++;
      }
    }
    return welcomed;
  }

  @FunctionName("OnboardPerson")
  public String onboardPerson(
      @DurableOrchestrationTrigger(name = "ctx") TaskOrchestrationContext ctx) {
    Person person = ctx.getInput(Person.class);
    String account = ctx.callActivity("CreateAccount", person, String.class).await();
    String laptop = ctx.callActivity("OrderLaptop", person, String.class).await();
    return account + " with " + laptop;
  }

  @FunctionName("CreateAccount")
  public String createAccount(@DurableActivityTrigger(name = "person") Person person) {
    if (person.name.isBlank()) {
      throw new IllegalArgumentException("An account needs a name");
    }
    return person.name.toLowerCase(Locale.ROOT) + "@" + person.team.toLowerCase(Locale.ROOT);
  }

  @FunctionName("OrderLaptop")
  public String orderLaptop(@DurableActivityTrigger(name = "person") Person person) {
    return "laptop " + person.instanceId;
  }

  /** Holds the orchestration's input; members that the input leaves out keep these values. */
  public static class Team {
    public String team = "Compilers";
    public List<String> people = List.of("Grace", "Jean");

    private List<Person> members(String teamInstanceId) {
      List<Person> members = new ArrayList<>();
      for (String name : people) {
        members.add(new Person(name, team, teamInstanceId + ":" + members.size()));
      }
      return members;
    }
  }

  /** Holds the input of one person's orchestration. */
  public static class Person {
    public String name = "";
    public String team = "";
    public String instanceId = "";

    public Person() {}

    public Person(String name, String team, String instanceId) {
      this.name = name;
      this.team = team;
      this.instanceId = instanceId;
    }
  }

  /** Holds the orchestration's output. */
  public static class Welcomed {
    public String team;
    public List<String> ready = new ArrayList<>();
    public int failed;

    public Welcomed(String team) {
      this.team = team;
    }
  }
}
