// Requests are let in up to a bound, wait up to another one, and are refused beyond; a model counts along.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Admission, type AdmissionLimits } from "./admission.js";
import { HttpError } from "./http-error.js";

const limits: AdmissionLimits = { runningMax: 2, waitingMax: 3, waitMsMax: 60_000 };
const isThere = (): boolean => false;

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** One request that ends when it is told to. */
class Client {
  state: "new" | "running" | "done" | "refused" = "new";
  isGone = false;
  status: number | undefined;
  #end: () => void = () => undefined;

  start(admission: Admission): void {
    const work = (): Promise<void> =>
      new Promise((resolve) => {
        this.state = "running";
        this.#end = resolve;
      });
    void admission
      .run(work, () => this.isGone)
      .then(
        () => (this.state = "done"),
        (error: unknown) => {
          assert.ok(error instanceof HttpError);
          this.state = "refused";
          this.status = error.status;
        },
      );
  }

  end(): void {
    this.#end();
  }
}

test("however requests come and go, bounds hold, order is kept and no place is lost", async () => {
  const step = fc.record({ kind: fc.constantFrom("start", "end", "go"), which: fc.nat(9) });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const admission = new Admission(limits);
      const clients: Client[] = [];
      // What should run and wait, by plain lists.
      const running: Client[] = [];
      const waiting: Client[] = [];
      for (const { kind, which } of steps) {
        if (kind === "start") {
          const client = new Client();
          clients.push(client);
          if (running.length < limits.runningMax) running.push(client);
          else if (waiting.length < limits.waitingMax) waiting.push(client);
          client.start(admission);
        } else if (kind === "end" && running.length > 0) {
          const [ended] = running.splice(which % running.length, 1);
          ended!.end();
          for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
            if (next.isGone) continue;
            running.push(next);
            break;
          }
        } else if (kind === "go" && waiting.length > 0) {
          waiting[which % waiting.length]!.isGone = true;
        }
        await turn();
        assert.deepEqual([admission.running, admission.waiting], [running.length, waiting.length]);
        assert.deepEqual(
          clients.filter(({ state }) => state === "running"),
          clients.filter((client) => running.includes(client)),
        );
      }
    }),
  );
});

test("what is too much is refused at once, with the time to come again", async () => {
  const admission = new Admission({ runningMax: 1, waitingMax: 0, waitMsMax: 1000 });
  const first = new Client();
  first.start(admission);
  await assert.rejects(
    admission.run(() => Promise.resolve(), isThere),
    (error: unknown) =>
      error instanceof HttpError && error.status === 429 && error.headers["retry-after"] === "1",
  );
  first.end();
  await turn();
  assert.equal(await admission.run(() => Promise.resolve("in"), isThere), "in");
});

test("whose turn comes too late is told so, and the next one gets the place", async () => {
  const admission = new Admission({ runningMax: 1, waitingMax: 9, waitMsMax: -1 });
  const [first, second] = [new Client(), new Client()];
  first.start(admission);
  second.start(admission);
  first.end();
  await turn();
  assert.deepEqual([second.state, second.status, admission.running], ["refused", 503, 0]);
});

test("work that fails gives its place back", async () => {
  const admission = new Admission({ runningMax: 1, waitingMax: 0, waitMsMax: 1000 });
  await assert.rejects(admission.run(() => Promise.reject(new Error("no")), isThere));
  assert.equal(admission.running, 0);
});
