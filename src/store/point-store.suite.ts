// What every point store does, as one suite: examples at the borders, and random batches against a naive model.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { OmenErrorKind } from "../base/omen-error.js";
import type { PointId } from "../model/point.js";
import type { PointStore, PutPoint, StoreChange } from "./point-store.js";
import { PointModel } from "./point-model.suite.js";

/** Makes stores for the suite. Dimensions of all of them are `suiteDimensions`. */
export interface StoreMaker {
  /** Random scripts that are compared with the model. */
  readonly scriptCount: number;

  /** A fresh store, and the way to close and open it again; `undefined` where nothing is kept. */
  make(): Promise<{ store: PointStore; reopen: (() => Promise<PointStore>) | undefined }>;
}

export const suiteDimensions = [3, 2];

/** Ids of every kind in their order. */
const sortedIds: readonly PointId[] = [
  -(2n ** 63n),
  -(2n ** 53n),
  -(2 ** 53) + 1,
  -(2 ** 32) - 1,
  -(2 ** 32),
  -256,
  -1,
  0,
  1,
  255,
  256,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53 - 1,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
  "\0",
  "\0a",
  "-1",
  "0",
  "5",
  "a",
  "a\0",
  "aa",
  "é",
  "\uffff",
  "𝄞",
  "x".repeat(512),
  "é".repeat(256),
].sort((a, b) =>
  typeof a === "string" && typeof b === "string" ? Buffer.compare(Buffer.from(a), Buffer.from(b)) : 0,
);

const trickyMetadata = '{"__proto__":{"a":1},"constructor":null,"text":"é𝄞\\ud800","n":1e400}';

export function testPointStore(name: string, maker: StoreMaker): void {
  describe(name, () => {
    test("is empty at first", async () => {
      const { store } = await maker.make();
      assert.deepEqual(store.state, { sequence: 0, pointCount: 0, rowEnd: 0 });
      new PointModel().check(store);
      await store.close();
    });

    test("keeps ids of every kind apart and in order", async () => {
      const { store, reopen } = await maker.make();
      const model = new PointModel();
      const changes = sortedIds.map((id, i) => put({ id, row: sortedIds.length - 1 - i }));
      await model.commit(store, changes);
      assert.deepEqual(
        [...store.ids()].map(({ id }) => id),
        sortedIds,
      );
      for (const [i, id] of sortedIds.entries()) {
        assert.deepEqual([...store.ids(id)][0]?.id, sortedIds[i + 1], String(id));
      }
      const reopened = (await reopen?.()) ?? store;
      model.check(reopened);
      await reopened.close();
    });

    test("takes a small bigint for the number", async () => {
      const { store } = await maker.make();
      await store.commit({ sequence: 1, changes: [put({ id: 5n, row: 0 }), put({ id: "5", row: 1 })] });
      assert.equal(store.rowOf(5), 0);
      assert.equal(store.rowOf("5"), 1);
      assert.equal(store.readPoint(0)?.id, 5);
      assert.equal(store.rowOf(6), -1);
      await store.close();
    });

    test("gives metadata back to the letter", async () => {
      const { store } = await maker.make();
      const long = JSON.stringify({ text: "é𝄞x".repeat(100_000) });
      await store.commit({
        sequence: 1,
        changes: [put({ id: 1, row: 0, metadata: trickyMetadata }), put({ id: 2, row: 1, metadata: long })],
      });
      assert.equal(store.readPoint(0)?.metadata, trickyMetadata);
      assert.equal(store.readPoint(1)?.metadata, long);
      await store.close();
    });

    test("gives vectors back bit by bit, also into shared memory", async () => {
      const { store } = await maker.make();
      const vector = Float32Array.of(-0, 1e-45, 3.4028234663852886e38);
      await store.commit({ sequence: 1, changes: [put({ id: 1, row: 0, vectors: [vector, undefined] })] });
      const target = new Float32Array(new SharedArrayBuffer(20)).fill(7);
      assert.equal(store.readVector(0, 0, target, 1), true);
      assert.deepEqual([...target], [7, ...vector, 7]);
      assert.ok(Object.is(target[1], -0));
      assert.equal(store.readVector(1, 0, target, 0), false);
      assert.equal(store.readVector(0, 1, target, 0), false);
      assert.deepEqual([...store.rowsOf(0)], [0]);
      assert.deepEqual([...store.rowsOf(1)], []);
      await store.close();
    });

    test("owns what it was given", async () => {
      const { store } = await maker.make();
      const vector = Float32Array.of(1, 2, 3);
      await store.commit({ sequence: 1, changes: [put({ id: 1, row: 0, vectors: [vector, undefined] })] });
      vector.fill(9);
      const target = new Float32Array(3);
      store.readVector(0, 0, target, 0);
      assert.deepEqual([...target], [1, 2, 3]);
      target.fill(8);
      const again = new Float32Array(3);
      store.readVector(0, 0, again, 0);
      assert.deepEqual([...again], [1, 2, 3]);
      await store.close();
    });

    test("shows a batch when it is done, all at once, and says when", async () => {
      const { store } = await maker.make();
      await store.commit({ sequence: 1, changes: [put({ id: 1, row: 0 })] });
      let shown = 0;
      const seen: number[] = [];
      const committed = store.commit({ sequence: 2, changes: [put({ id: 2, row: 1 })] }, () => {
        shown++;
        assert.equal(store.rowOf(2), 1);
        assert.equal(store.state.sequence, 2);
      });
      let isDone = false;
      const watching = (async () => {
        while (!isDone) {
          if (shown === 0) seen.push(store.rowOf(2), store.state.sequence);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await committed;
      isDone = true;
      await watching;
      assert.equal(shown, 1);
      for (const [i, value] of seen.entries()) assert.equal(value, i % 2 === 0 ? -1 : 1);
      await store.close();
    });

    test("runs commits in the order in which they were asked for", async () => {
      const { store } = await maker.make();
      const commits = [];
      for (let sequence = 1; sequence <= 20; sequence++) {
        const metadata = `{"n":${sequence}}`;
        const replacedRow = sequence === 1 ? -1 : 0;
        commits.push(store.commit({ sequence, changes: [put({ id: 1, row: 0, replacedRow, metadata })] }));
      }
      await Promise.all(commits);
      assert.equal(store.readPoint(0)?.metadata, '{"n":20}');
      assert.equal(store.state.pointCount, 1);
      await store.close();
    });

    test("walks over the state at the first step", async () => {
      const { store } = await maker.make();
      const changes = Array.from({ length: 10 }, (_, row) => put({ id: row, row }));
      await store.commit({ sequence: 1, changes });
      const walks = [store.ids(), store.points(), store.rows(), store.rowsOf(0)].map(
        (walk: Iterator<unknown>) => ({
          walk,
          first: walk.next().value as unknown,
        }),
      );
      await store.commit({
        sequence: 2,
        changes: [
          { kind: "remove", id: 5, row: 5 },
          { kind: "metadata", id: 6, row: 6, metadata: '{"new":1}' },
          put({ id: 10, row: 10 }),
        ],
      });
      for (const { walk, first } of walks) {
        const rest: unknown[] = [];
        for (let step = walk.next(); step.done !== true; step = walk.next()) rest.push(step.value);
        const all = [first, ...rest];
        assert.equal(all.length, 10);
        assert.ok(!JSON.stringify(all).includes("new"));
      }
      assert.equal([...store.points()].length, 10);
      assert.deepEqual([...store.rows(5)], [6, 7, 8, 9, 10]);
      assert.deepEqual(
        [...store.points(9)].map(({ row }) => row),
        [9, 10],
      );
      await store.close();
    });

    test("tells which rows came and went, until that is trimmed", async () => {
      const { store, reopen } = await maker.make();
      const model = new PointModel();
      await model.commit(store, [put({ id: 1, row: 0 }), put({ id: 2, row: 1 })]);
      await model.commit(store, [{ kind: "metadata", id: 1, row: 0, metadata: "{}" }]);
      await model.commit(store, [
        put({ id: 1, row: 2, replacedRow: 0 }),
        put({ id: 2, row: 1, replacedRow: 1 }),
      ]);
      await model.commit(store, [{ kind: "remove", id: 2, row: 1 }]);
      model.check(store);
      await model.trim(store, 3);
      model.check(store);
      assert.equal(store.changesSince(2), undefined);
      const reopened = (await reopen?.()) ?? store;
      model.check(reopened);
      await model.trim(reopened, 2);
      await model.trim(reopened, 4);
      model.check(reopened);
      await reopened.close();
    });

    const wrong: [string, (base: PutPoint) => { sequence: number; changes: StoreChange[] }][] = [
      ["a sequence that is not greater", (base) => ({ sequence: 1, changes: [base] })],
      ["a broken sequence", (base) => ({ sequence: 1.5, changes: [base] })],
      ["a negative row", (base) => ({ sequence: 2, changes: [{ ...base, row: -1 }] })],
      ["a broken row", (base) => ({ sequence: 2, changes: [{ ...base, row: 1.5 }] })],
      ["a row too great", (base) => ({ sequence: 2, changes: [{ ...base, row: 0xffff_fffe }] })],
      [
        "a short vector",
        (base) => ({ sequence: 2, changes: [{ ...base, vectors: [new Float32Array(2), undefined] }] }),
      ],
      ["a missing field", (base) => ({ sequence: 2, changes: [{ ...base, vectors: [undefined] }] })],
      ["a row twice", (base) => ({ sequence: 2, changes: [base, { ...base, id: 8 }] })],
      ["an id twice", (base) => ({ sequence: 2, changes: [base, { ...base, id: 7n, row: 9 }] })],
      [
        "a replaced row used again",
        (base) => ({ sequence: 2, changes: [base, put({ id: 1, row: 3, replacedRow: 2 })] }),
      ],
      ["a replaced row of another id", (base) => ({ sequence: 2, changes: [{ ...base, replacedRow: 0 }] })],
      [
        "a removed id that is not there",
        () => ({ sequence: 2, changes: [{ kind: "remove", id: 9, row: 0 }] }),
      ],
      [
        "metadata of another row",
        () => ({ sequence: 2, changes: [{ kind: "metadata", id: 1, row: 4, metadata: "{}" }] }),
      ],
      ["an unsafe number as id", (base) => ({ sequence: 2, changes: [{ ...base, id: 2 ** 53 }] })],
      ["a bigint out of range", (base) => ({ sequence: 2, changes: [{ ...base, id: 2n ** 64n }] })],
      ["an empty id", (base) => ({ sequence: 2, changes: [{ ...base, id: "" }] })],
      ["a long id", (base) => ({ sequence: 2, changes: [{ ...base, id: "é".repeat(257) }] })],
      ["a lone surrogate in an id", (base) => ({ sequence: 2, changes: [{ ...base, id: "a\ud800" }] })],
      [
        "a lone surrogate in metadata",
        (base) => ({ sequence: 2, changes: [{ ...base, metadata: '"\udc00"' }] }),
      ],
    ];
    for (const [what, batch] of wrong) {
      test(`asserts against ${what}, and nothing is applied`, async () => {
        const { store } = await maker.make();
        const model = new PointModel();
        await model.commit(store, [put({ id: 1, row: 0 })]);
        await assert.rejects(store.commit(batch(put({ id: 7, row: 2 }))), { name: "AssertionError" });
        model.check(store);
        await model.commit(store, [put({ id: 2, row: 1 })]);
        model.check(store);
        await store.close();
      });
    }

    test("is closed for good", async () => {
      const { store } = await maker.make();
      await store.commit({ sequence: 1, changes: [put({ id: 1, row: 0 }), put({ id: 2, row: 1 })] });
      const walk = store.points();
      walk.next();
      const late = store.commit({ sequence: 2, changes: [put({ id: 3, row: 2 })] });
      await store.close();
      await late;
      await store.close();
      const closed = { kind: "closed" satisfies OmenErrorKind, code: "store_closed" };
      assert.throws(() => walk.next(), closed);
      assert.throws(() => store.rowOf(1), closed);
      assert.throws(() => store.readPoint(0), closed);
      assert.throws(() => store.readVector(0, 0, new Float32Array(3), 0), closed);
      assert.throws(() => [...store.ids()], closed);
      assert.throws(() => [...store.points()], closed);
      assert.throws(() => [...store.rows()], closed);
      assert.throws(() => [...store.rowsOf(0)], closed);
      assert.throws(() => store.changesSince(0), closed);
      await assert.rejects(store.commit({ sequence: 3, changes: [] }), closed);
      await assert.rejects(store.trimChanges(1), closed);
      await assert.rejects(store.verifyKeys(), closed);
    });

    test("agrees with a naive model under random batches and openings", { timeout: 600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { maxLength: 25 }), async (script) => {
          const { store: first, reopen } = await maker.make();
          let store = first;
          const model = new PointModel();
          for (const step of script) {
            if (step.kind === "batch") await model.commit(store, model.resolve(step.picks));
            else if (step.kind === "trim")
              await model.trim(store, Math.floor(step.share * store.state.sequence));
            else store = (await reopen?.()) ?? store;
            model.check(store);
          }
          await store.verifyKeys();
          await store.close();
        }),
        { numRuns: maker.scriptCount },
      );
    });
  });
}

const ids = fc.oneof(
  fc.constantFrom(...sortedIds),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.integer({ min: -3, max: 20 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 8 }),
);
const vectors = fc.tuple(
  fc.option(fc.float32Array({ minLength: 3, maxLength: 3, noNaN: true }), { nil: undefined, freq: 5 }),
  fc.option(fc.float32Array({ minLength: 2, maxLength: 2, noNaN: true }), { nil: undefined, freq: 2 }),
);
const picks = fc.record({
  id: ids,
  kind: fc.constantFrom("put", "put", "put", "move", "remove", "metadata"),
  metadata: fc.jsonValue().map((value) => JSON.stringify({ value })),
  vectors,
  gap: fc.nat({ max: 2 }),
  useFreeRow: fc.boolean(),
});
const steps = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant("batch" as const), picks: fc.array(picks, { maxLength: 30 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("trim" as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("reopen" as const) }) },
);

/** A put with what matters named, and the rest filled in. */
export function put(given: Pick<PutPoint, "id" | "row"> & Partial<PutPoint>): PutPoint {
  const vectors = [
    Float32Array.of(given.row, 1, 2),
    given.row % 2 === 0 ? undefined : Float32Array.of(given.row, 3),
  ];
  return { kind: "put", replacedRow: -1, metadata: `{"row":${given.row}}`, vectors, ...given };
}
