// What a database tells of the threads that all of its collections share.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { ErrorEvent } from "../model/database-events.js";
import { DatabaseMonitor } from "./database-monitor.js";

const death = { kind: "linking", cause: new Error("made up") } as const;

test("the end of a thread is an event where somebody listens, and a warning where nobody does", async () => {
  const monitor = new DatabaseMonitor(1000);
  const warned = once(process, "warning");
  monitor.threadDied(death);
  const [warning] = (await warned) as [Error];
  assert.match(warning.message, /made up/u);
  const heard: ErrorEvent[] = [];
  monitor.on("error", (event) => void heard.push(event));
  monitor.threadDied(death);
  await Promise.resolve();
  assert.deepEqual(
    heard.map(({ collection, source, error }) => ({ collection, source, error })),
    [{ collection: null, source: "thread", error: death.cause }],
  );
});
