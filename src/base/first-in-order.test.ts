// Keeping the first in order, against sorting all: whatever is offered, replaced and removed, all up to the bound are there.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { FirstInOrder } from "./first-in-order.js";

test("holds all up to its bound, as many as are wanted, and at most twice as many", () => {
  const offer = fc.record({ number: fc.nat(30), value: fc.option(fc.nat(100)), isCut: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(offer, { maxLength: 60 }), (wanted, offers) => {
      const first = new FirstInOrder<number>(wanted, (a, b) => a - b);
      const all = new Map<number, number>();
      for (const { number, value, isCut } of offers) {
        first.remove(number);
        all.delete(number);
        if (value !== null) {
          // Values differ, because only equals may stand for each other.
          const own = value * 100 + number;
          first.offer(number, own);
          all.set(number, own);
        }
        if (isCut) first.cut();
        const sorted = [...all.values()].toSorted((a, b) => a - b);
        const { bound } = first;
        const held = first.sorted();
        assert.ok(held.length < 2 * wanted || held.length === wanted);
        assert.deepEqual(held, bound === undefined ? sorted : sorted.filter((own) => own <= bound));
      }
    }),
  );
});
