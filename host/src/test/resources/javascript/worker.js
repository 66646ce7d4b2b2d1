// A worker of the released JavaScript SDK: node worker.js PORT [OPTIONS AS JSON]
// "only" in the options names what is registered, "blocks": false lets the activity Blocks pass; the rest are options
// of the SDK's worker.
"use strict";
const {
  TaskHubGrpcWorker,
  EntityInstanceId,
  NoOpLogger,
  TaskEntity,
  RetryPolicy,
  whenAll,
  whenAny,
} = require("@microsoft/durabletask-js");

const [port, json] = process.argv.slice(2);
const { only, blocks = true, ...options } = JSON.parse(json ?? "{}");
const attempts = new Map();

const activities = {
  Hello: (ctx, name) => `Hello ${name}`,
  Square: (ctx, number) => number * number,
  Next: (ctx, number) => number + 1,
  Breaks: (ctx, message) => {
    throw new TypeError(message);
  },
  // Fails as often as it is told for one key, and then succeeds.
  Flaky: (ctx, { key, failures }) => {
    const attempt = (attempts.get(key) ?? 0) + 1;
    attempts.set(key, attempt);
    if (attempt <= failures) {
      throw new Error(`attempt ${attempt} of ${key}`);
    }
    return attempt;
  },
  Blocks: () => {
    if (!blocks) {
      return "passed";
    }
    console.log("blocked");
    return new Promise(() => {});
  },
};

const orchestrators = {
  Sequence: async function* (ctx, cities) {
    const greetings = [];
    for (const city of cities) {
      greetings.push(yield ctx.callActivity("Hello", city));
    }
    return greetings;
  },
  Squares: async function* (ctx, count) {
    const tasks = [];
    for (let i = 1; i <= count; i++) {
      tasks.push(ctx.callActivity("Square", i));
    }
    const squares = yield whenAll(tasks);
    return squares.reduce((sum, square) => sum + square, 0);
  },
  Sleeps: async function* (ctx, seconds) {
    const begin = ctx.currentUtcDateTime.getTime();
    yield ctx.createTimer(seconds);
    return ctx.currentUtcDateTime.getTime() - begin;
  },
  WaitsOrGivesUp: async function* (ctx, seconds) {
    const event = ctx.waitForExternalEvent("Go");
    const timer = ctx.createTimer(seconds);
    const winner = yield whenAny([event, timer]);
    return winner === event ? event.getResult() : "gave up";
  },
  Collects: async function* (ctx, count) {
    const words = [];
    for (let i = 0; i < count; i++) {
      words.push(yield ctx.waitForExternalEvent("Word"));
    }
    return words;
  },
  Sends: async function* (ctx, { to, words }) {
    for (const word of words) {
      ctx.sendEvent(to, "Word", word);
    }
    yield ctx.createTimer(0);
    return "sent";
  },
  Outer: async function* (ctx, childId) {
    const first = yield ctx.callSubOrchestrator("Inner", "first");
    const second = yield ctx.callSubOrchestrator("Inner", "second", { instanceId: childId });
    return [first, second];
  },
  Inner: async function* (ctx, input) {
    const greeting = yield ctx.callActivity("Hello", input);
    return { greeting, id: ctx.instanceId, parent: ctx.parent?.instanceId };
  },
  OuterWaits: async function* (ctx, childId) {
    return yield ctx.callSubOrchestrator("Collects", 1, { instanceId: childId });
  },
  Counts: async function* (ctx, { at, to }) {
    const next = yield ctx.callActivity("Next", at);
    if (next < to) {
      ctx.continueAsNew({ at: next, to }, false);
    } else {
      return next;
    }
  },
  // Reads one word in each execution; those that came too early must be kept.
  CountsWords: async function* (ctx, words) {
    const so = [...words, yield ctx.waitForExternalEvent("Word")];
    if (so.length < 5) {
      ctx.continueAsNew(so, true);
    } else {
      return so;
    }
  },
  Tells: async function* (ctx) {
    ctx.setCustomStatus({ step: 1 });
    yield ctx.waitForExternalEvent("Word");
    ctx.setCustomStatus("");
    yield ctx.waitForExternalEvent("Word");
    return "told";
  },
  Catches: async function* (ctx, message) {
    try {
      yield ctx.callActivity("Breaks", message);
      return "nothing happened";
    } catch (e) {
      return `${e.name}: ${e.message}`;
    }
  },
  Fails: async function* (ctx, message) {
    yield ctx.callActivity("Breaks", message);
  },
  Retries: async function* (ctx, input) {
    const retry = new RetryPolicy({ maxNumberOfAttempts: 5, firstRetryIntervalInMilliseconds: 10 });
    return yield ctx.callActivity("Flaky", input, { retry });
  },
  Flakes: async function* (ctx, input) {
    yield ctx.callActivity("Hello", "once");
    return yield ctx.callActivity("Flaky", input);
  },
  OuterFlakes: async function* (ctx, input) {
    return yield ctx.callSubOrchestrator("Flakes", input);
  },
  Misspells: async function* (ctx) {
    yield ctx.callActivity("Helo");
  },
  TellsVersion: async function* (ctx, child) {
    yield ctx.callActivity("Hello", "version");
    return child
      ? yield ctx.callSubOrchestrator("TellsVersion", false, { version: child })
      : ctx.version;
  },
  Everything: async function* (ctx) {
    const greeting = yield ctx.callActivity("Hello", "all");
    yield ctx.createTimer(0.01);
    yield ctx.callSubOrchestrator("Inner", greeting);
    return ctx.newGuid();
  },
  Block: async function* (ctx) {
    return yield ctx.callActivity("Blocks");
  },
};

const account = (key) => new EntityInstanceId("Account", key);

class Account extends TaskEntity {
  initializeState() {
    return 0;
  }
  add(amount) {
    return (this.state += amount);
  }
  get() {
    return this.state;
  }
  refuse(message) {
    this.state = -1;
    throw new RangeError(message);
  }
  passOn(amount) {
    this.state -= amount;
    this.context.signalEntity(account(`${this.context.id.key}-heir`), "add", amount);
  }
  order(city) {
    return this.context.scheduleNewOrchestration("Sequence", [city], {
      instanceId: `ordered-by-${this.context.id.key}`,
    });
  }
}

// Operations without a class, on the state as it is.
const notes = {
  run: (operation) => {
    const so = operation.state.getState([]);
    operation.state.setState(operation.name === "clear" ? null : [...so, operation.getInput()]);
  },
};

const entities = { Account: () => new Account(), Notes: () => notes };

Object.assign(orchestrators, {
  Calls: async function* (ctx, { key, amounts }) {
    let balance;
    for (const amount of amounts) {
      balance = yield ctx.entities.callEntity(account(key), "add", amount);
    }
    return balance;
  },
  Signals: async function* (ctx, { key, amounts }) {
    for (const amount of amounts) {
      ctx.entities.signalEntity(account(key), "add", amount);
    }
    return yield ctx.entities.callEntity(account(key), "get");
  },
  Refused: async function* (ctx, key) {
    try {
      yield ctx.entities.callEntity(account(key), "refuse", "not today");
      return "done";
    } catch (e) {
      const balance = yield ctx.entities.callEntity(account(key), "get");
      return `${e.failureDetails.errorType}: ${e.failureDetails.errorMessage}, ${balance}`;
    }
  },
  // Reads both, waits, and writes both: without locks others would come between.
  Transfers: async function* (ctx, { from, to, amount }) {
    const lock = yield ctx.entities.lockEntities(account(from), account(to));
    const balance = yield ctx.entities.callEntity(account(from), "get");
    yield ctx.createTimer(0.01);
    yield ctx.entities.callEntity(account(from), "add", -amount);
    yield ctx.entities.callEntity(account(to), "add", amount);
    const after = yield ctx.entities.callEntity(account(from), "get");
    lock.release();
    return after === balance - amount;
  },
  Holds: async function* (ctx, key) {
    yield ctx.entities.lockEntities(account(key));
    ctx.setCustomStatus("locked");
    yield ctx.waitForExternalEvent("Word");
  },
});

const worker = new TaskHubGrpcWorker({
  hostAddress: `127.0.0.1:${port}`,
  logger: new NoOpLogger(),
  ...options,
});
const wanted = (name) => only === undefined || only.includes(name);
for (const [name, code] of Object.entries(activities)) {
  if (wanted(name)) {
    worker.addNamedActivity(name, code);
  }
}
for (const [name, code] of Object.entries(orchestrators)) {
  if (wanted(name)) {
    worker.addNamedOrchestrator(name, code);
  }
}
for (const [name, factory] of Object.entries(entities)) {
  if (wanted(name)) {
    worker.addNamedEntity(name, factory);
  }
}
worker.start().then(() => console.log("ready"));
