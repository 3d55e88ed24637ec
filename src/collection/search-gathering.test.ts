// What is called together is gathered, and what is called alone is not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Gathering } from "./search-gathering.js";

interface Call {
  readonly isFirst: boolean;
  readonly answer: Promise<string>;
}

/** Calls are answered at once if they are the first, else with the names of those that they were gathered with. */
function caller(): (name: string) => Call {
  const gathering = new Gathering<{ name: string; told: (answer: string) => void }>((waiting) => {
    const names = waiting.map(({ name }) => name).join(" ");
    for (const { told } of waiting) told(names);
  });
  return (name) => {
    const isFirst = gathering.begin();
    const answer = isFirst
      ? Promise.resolve(name)
      : new Promise<string>((told) => {
          gathering.add({ name, told });
        });
    return { isFirst, answer };
  };
}

test("calls of one run are gathered, but for the first", async () => {
  const call = caller();
  const calls = ["a", "b", "c"].map(call);
  assert.deepEqual(
    calls.map(({ isFirst }) => isFirst),
    [true, false, false],
  );
  assert.deepEqual(await Promise.all(calls.map(({ answer }) => answer)), ["a", "b c", "b c"]);
});

test("calls that wait for one another are never gathered", async () => {
  const call = caller();
  for (const name of ["a", "b", "c"]) {
    const { isFirst, answer } = call(name);
    assert.deepEqual([isFirst, await answer], [true, name]);
  }
});

test("what was gathered once is not gathered again", async () => {
  const call = caller();
  const first = ["a", "b"].map(call);
  await first[1]!.answer;
  const second = ["c", "d"].map(call);
  assert.deepEqual(await Promise.all(second.map(({ answer }) => answer)), ["c", "d"]);
});
