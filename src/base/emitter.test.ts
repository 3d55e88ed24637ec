// Who is called, when, and what becomes of listeners that fail.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Emitter } from "./emitter.js";

interface Events {
  readonly told: number;
  readonly error: string;
}

function emitterWith(failures: unknown[]): Emitter<Events> {
  return new Emitter<Events>((name, error) => failures.push([name, String(error)]));
}

test("listeners are called once each, in their order, after the turn in which they were told", async () => {
  const emitter = emitterWith([]);
  const heard: string[] = [];
  const first = (n: number): void => void heard.push(`first ${n}`);
  const second = (n: number): void => void heard.push(`second ${n}`);
  emitter.on("told", first);
  emitter.on("told", second);
  emitter.on("told", first);
  emitter.emit("told", 1);
  assert.deepEqual(heard, []);
  await Promise.resolve();
  assert.deepEqual(heard, ["first 1", "second 1"]);
  emitter.emit("told", 2);
  emitter.off("told", first);
  emitter.emit("told", 3);
  await Promise.resolve();
  assert.deepEqual(heard.slice(2), ["first 2", "second 2", "second 3"]);
});

test("nobody has to listen, and to stop listening is always allowed", () => {
  const emitter = emitterWith([]);
  const listener = (): void => undefined;
  emitter.emit("error", "unheard");
  emitter.off("error", listener);
  assert.equal(emitter.hasListeners("error"), false);
  emitter.on("error", listener);
  assert.equal(emitter.hasListeners("error"), true);
  assert.equal(emitter.hasListeners("told"), false);
  emitter.off("error", listener);
  assert.equal(emitter.hasListeners("error"), false);
});

test("a listener that fails, at once or later, is told of and alone", async () => {
  const failures: unknown[] = [];
  const emitter = emitterWith(failures);
  const heard: number[] = [];
  emitter.on("told", () => {
    throw new Error("thrown");
  });
  emitter.on("told", async () => Promise.reject(new Error("rejected")));
  emitter.on("told", (n) => void heard.push(n));
  emitter.emit("told", 7);
  await new Promise(setImmediate);
  assert.deepEqual(heard, [7]);
  assert.deepEqual(failures, [
    ["told", "Error: thrown"],
    ["told", "Error: rejected"],
  ]);
});
