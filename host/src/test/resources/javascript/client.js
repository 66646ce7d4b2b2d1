// A client of the released JavaScript SDK that is told what to do: node client.js PORT
// Each line of its input is {"call": METHOD, "args": [...]}, each line of its output {"result": ...} or
// {"error": MESSAGE, "code": gRPC STATUS}. Times are {"time": ISO TEXT} on the way in.
"use strict";
const readline = require("node:readline");
const {
  EntityInstanceId,
  TaskHubGrpcClient,
  NoOpLogger,
  PurgeInstanceCriteria,
  terminateOptions,
} = require("@microsoft/durabletask-js");
const pb = require("@microsoft/durabletask-js/dist/proto/orchestrator_service_pb");
const { StringValue } = require("google-protobuf/google/protobuf/wrappers_pb");

const client = new TaskHubGrpcClient({
  hostAddress: `127.0.0.1:${process.argv[2]}`,
  logger: new NoOpLogger(),
});

// What the SDK returns as classes and streams, as plain values.
const more = {
  terminateAll: (id, output) =>
    client.terminateOrchestration(id, terminateOptions({ output, recursive: true })),
  pages: async (query) => {
    const pages = [];
    for await (const page of client.getAllInstances(query).asPages()) {
      pages.push(page.values.map((state) => state.instanceId));
    }
    return pages;
  },
  instances: async (query) => {
    const states = [];
    for await (const state of client.getAllInstances(query)) {
      states.push(state);
    }
    return states;
  },
  purgeWhere: ({ createdTimeFrom, createdTimeTo, runtimeStatusList }) => {
    const criteria = new PurgeInstanceCriteria();
    criteria.setCreatedTimeFrom(createdTimeFrom);
    criteria.setCreatedTimeTo(createdTimeTo);
    criteria.setRuntimeStatusList(runtimeStatusList);
    return client.purgeOrchestration(criteria);
  },
  signal: (id, operation, input, options) =>
    client.signalEntity(EntityInstanceId.fromString(id), operation, input, options),
  entity: (id, withState) => client.getEntity(EntityInstanceId.fromString(id), withState),
  entities: async (query) => {
    const found = [];
    for await (const entity of client.getEntities(query)) {
      found.push(entity);
    }
    return found;
  },
  // The SDK's client has no option for it yet, its messages have.
  startUnless: (name, instanceId, replaceable) => {
    const policy = new pb.OrchestrationIdReusePolicy();
    policy.setReplaceablestatusList(replaceable);
    const request = new pb.CreateInstanceRequest();
    request.setName(name);
    request.setInstanceid(instanceId);
    request.setInput(new StringValue().setValue("1"));
    request.setOrchestrationidreusepolicy(policy);
    return new Promise((resolve, reject) =>
      client._stub.startInstance(request, (e, response) =>
        e ? reject(e) : resolve(response.getInstanceid()),
      ),
    );
  },
};

function plain(value) {
  return JSON.stringify(value, (key, it) => (it === undefined ? null : it));
}

function revived(key, value) {
  return value !== null && typeof value === "object" && "time" in value
    ? new Date(value.time)
    : value;
}

async function obey(line) {
  const { call, args } = JSON.parse(line, revived);
  try {
    const result = await (more[call] ?? client[call].bind(client))(...args);
    return plain({ result });
  } catch (e) {
    return plain({ error: e.message, code: e.code ?? e.cause?.code });
  }
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(await obey(line));
  }
  await client.stop();
})();
