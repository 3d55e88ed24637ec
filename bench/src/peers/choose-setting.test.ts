// The setting for a recall, against looking at all of them.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { chooseSetting, type Choice, type Trial } from "./choose-setting.js";

/** Recalls by place in the sweep, and how often each was asked for. */
function sweepOf(recalls: readonly number[]): {
  sweep: number[];
  asked: number[];
  measure: (parameter: number) => Promise<Trial>;
} {
  const asked: number[] = [];
  return {
    sweep: recalls.map((_, i) => 10 * (i + 1)),
    asked,
    measure: (parameter) => {
      asked.push(parameter);
      return Promise.resolve({ parameter, recall: recalls[parameter / 10 - 1]! });
    },
  };
}

const anyRecalls = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 });
const anyTargets = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 3 });

async function choose(recalls: readonly number[], targets: readonly number[]): Promise<Choice<Trial>[]> {
  const { sweep, asked, measure } = sweepOf(recalls);
  const tried = new Map<number, Trial>();
  const choices: Choice<Trial>[] = [];
  for (const target of targets) choices.push(await chooseSetting(sweep, target, tried, measure));
  assert.equal(new Set(asked).size, asked.length, "nothing is measured twice");
  assert.ok(asked.length <= targets.length * (Math.ceil(Math.log2(recalls.length)) + 1));
  return choices;
}

describe("the setting for a recall", () => {
  it("is the smallest that reaches it, where recall grows", () =>
    fc.assert(
      fc.asyncProperty(anyRecalls, anyTargets, async (recalls, targets) => {
        const growing = [...recalls].sort((a, b) => a - b);
        const choices = await choose(growing, targets);
        for (const [i, target] of targets.entries()) {
          const smallest = growing.findIndex((recall) => recall >= target);
          const choice = choices[i]!;
          if (smallest === -1) {
            assert.equal(choice.kind, "not reached");
            assert.equal(choice.kind === "not reached" && choice.best.recall, growing.at(-1));
          } else assert.equal(choice.kind === "reached" && choice.trial.parameter, 10 * (smallest + 1));
        }
      }),
    ));

  it("reaches it, and the one before does not, wherever recall goes up and down", () =>
    fc.assert(
      fc.asyncProperty(anyRecalls, anyTargets, async (recalls, targets) => {
        const choices = await choose(recalls, targets);
        for (const [i, target] of targets.entries()) {
          const choice = choices[i]!;
          if (choice.kind === "not reached") {
            assert.ok(recalls.at(-1)! < target, "the largest was tried");
            continue;
          }
          const at = choice.trial.parameter / 10 - 1;
          assert.ok(recalls[at]! >= target);
          assert.ok(at === 0 || recalls[at - 1]! < target);
        }
      }),
    ));
});
