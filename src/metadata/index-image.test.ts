// Images of the index over metadata: what is read from one answers as before, however far awake, and goes on as before.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { wantedArbitrary } from "./arbitrary-fields.suite.js";
import { MetadataIndex } from "./metadata-index.js";
import { fieldsMax, type WantedFields } from "./metadata-fields.js";
import { MetadataTrial, restoredIndex, runTrial, trialRounds } from "./metadata-trial.suite.js";

const wantedOrAll: fc.Arbitrary<WantedFields> = fc.oneof(fc.constant<WantedFields>("all"), wantedArbitrary);

test("an image answers as the index did, after any writes, and takes any writes", () => {
  fc.assert(
    fc.property(wantedOrAll, trialRounds, trialRounds, fc.nat(200), (wanted, before, after, wakeSteps) => {
      const trial = new MetadataTrial(wanted);
      runTrial(trial, before);
      trial.reopen(wakeSteps);
      runTrial(trial, after);
      trial.reopen(wakeSteps);
      trial.verify();
    }),
    { numRuns: 500 },
  );
});

test("writes that come while fields are asleep are not lost, and wake nothing", () => {
  const trial = new MetadataTrial({ others: "all", declared: [{ path: ["body"], kinds: ["text"] }] });
  const metadataOf = (i: number) => ({
    name: `n${i}`,
    body: `word${i % 7} all`,
    tags: [i % 3, "t"],
    at: "2024-01-01",
  });
  for (let i = 0; i < 40; i++) trial.set(i, metadataOf(i));
  trial.reopen();
  for (let i = 0; i < 40; i += 2) trial.set(i, metadataOf(i + 100));
  for (let i = 0; i < 40; i += 5) trial.remove(i);
  assert.equal(trial.index.fieldStats().find(({ path }) => path[0] === "name")!.values, 40);
  for (const filter of [
    { name: "n101" },
    { name: "n102" },
    { body: { $contains: "word3 all" } },
    { tags: 1 },
  ])
    assert.equal(trial.check(filter), true);
  assert.equal(trial.check({ at: { $gte: { $date: "2024-01-01" } } }), true);
  trial.verify();
});

test("many rows, places and values: pieces of every kind are several", () => {
  const trial = new MetadataTrial({
    others: "all",
    declared: [{ path: ["body"], kinds: ["text", "keyword"] }],
  });
  for (let i = 0; i < 20_000; i++) {
    const place = { lat: (i % 180) - 90, lon: (i % 360) - 180 };
    trial.set(i, { n: i, name: `name ${i}`, even: i % 2 === 0, body: `w${i % 500} w${i} x y z`, place });
  }
  for (let i = 0; i < 20_000; i += 3) trial.remove(i);
  trial.reopen(3);
  const filters = [
    { n: { $gt: 17 } },
    { name: { $startsWith: "name 19" }, even: true },
    { body: { $contains: "w7" } },
    { place: { $geoRadius: { center: { lat: 1, lon: 1 }, radiusMeters: 500_000 } } },
  ];
  for (const filter of filters) assert.equal(trial.check(filter), true, JSON.stringify(filter));
});

test("rows that changed while an image was made are as they are taken in anew, wherever it was", () => {
  const write = fc.record({ row: fc.nat(12), at: fc.nat(60), value: fc.option(fc.nat(4)) });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 20 }), (writes) => {
      const trial = new MetadataTrial();
      const metadataOf = (value: number) => ({ a: value, b: [value, `t${value}`], [`c${value}`]: true });
      for (let row = 0; row < 10; row++) trial.set(row, metadataOf(row % 3));
      const sections = [];
      let piece = 0;
      for (const section of trial.index.image(7)) {
        sections.push(section);
        for (const { row, value } of writes.filter(({ at }) => at === piece)) {
          if (value === null) trial.remove(row);
          else trial.set(row, metadataOf(value));
        }
        piece++;
      }
      const made = writes.filter(({ at }) => at < piece);
      const index = restoredIndex(sections, "all");
      for (const { row } of made) {
        const metadata = trial.points.get(row);
        index.refill(row, metadata === undefined ? undefined : JSON.stringify(metadata));
      }
      index.endFilling();
      trial.index = index;
      trial.verify();
      for (const filter of [{ a: 1 }, { b: "t2" }, { c4: true }, { a: { $gte: 2 } }]) trial.check(filter);
    }),
    { numRuns: 300 },
  );
});

test("an image of other settings is refused, and one that lacks fields says so", () => {
  const trial = new MetadataTrial();
  trial.set(1, Object.fromEntries(Array.from({ length: fieldsMax + 1 }, (_, i) => [`f${i}`, i])));
  const other = new MetadataIndex([["f1"]], "filling").restore();
  other.next();
  const [first] = trial.index.image(7);
  assert.deepEqual(other.next(first!), { done: true, value: undefined });
  trial.reopen();
  assert.equal(trial.index.isComplete, false);
  assert.equal(trial.check({ [`f${fieldsMax}`]: fieldsMax }), false);
});
