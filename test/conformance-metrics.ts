// Conformance: a database counts its work, and tells of it to those who listen.

import assert from "node:assert/strict";
import { OmenError, type SlowQueryEvent } from "omendb";
import type { ConformanceCase } from "./conformance-case.js";
import { expectError } from "./conformance-expect.js";
import { checkMetrics, counted } from "./metrics-count.js";

export const metricsCases: readonly ConformanceCase[] = [
  {
    title: "counts calls, points and rejections since it was opened, per collection and in all",
    async run({ create, reopened }) {
      await create({ dimension: 2 }, "a");
      await create({ dimension: 1 }, "b");
      const db = await reopened();
      const before = await db.metrics();
      checkMetrics(before);
      const [a, b] = [await db.collection("a"), await db.collection("b")];
      await a.upsert([1, 2, 3].map((id) => ({ id, vector: [id, 1] })));
      await a.upsert([{ id: 3, vector: [9, 1] }]);
      await a.delete([1, 7]);
      await a.updateMetadata([2], { set: { seen: true } });
      await a.search({ vector: [1, 1] });
      await expectError(a.search({ vector: [1] }), "invalid", "vector_dimension");
      await b.upsert([{ id: 1, vector: [1] }]);
      await expectError(b.upsert([{ id: 1, vector: [1, 2] }]), "invalid", "vector_dimension");
      const metrics = await db.metrics();
      checkMetrics(metrics, before);
      const expected = {
        upserts: 2,
        deletes: 1,
        updates: 1,
        inserted: 3,
        replaced: 1,
        skipped: 0,
        deleted: 1,
        updated: 1,
        searches: 1,
        rejectedWrites: 0,
        rejectedSearches: 1,
      };
      assert.deepEqual(
        metrics.collections.map(({ name, points }) => ({ name, points })),
        [
          { name: "a", points: 2 },
          { name: "b", points: 1 },
        ],
      );
      assert.deepEqual(counted(metrics.collections[0]!), expected);
      assert.deepEqual(counted(metrics.total), {
        ...expected,
        upserts: 3,
        inserted: 4,
        rejectedWrites: 1,
      });
      assert.equal(metrics.collections[0]!.writes.rejected.invalid, 0);
      assert.equal(metrics.collections[1]!.writes.rejected.invalid, 1);
    },
  },
  {
    title: "takes and leaves listeners, and tells nobody of a quick search",
    async run({ create, reopened }) {
      await (await create({ dimension: 1 })).upsert([{ id: 1, vector: [1] }]);
      const db = await reopened();
      const events: SlowQueryEvent[] = [];
      const listener = (event: SlowQueryEvent): void => void events.push(event);
      try {
        assert.equal(db.on("slowQuery", listener), db);
      } catch (error) {
        // A client of a server.
        assert.ok(error instanceof OmenError && error.kind === "unsupported", String(error));
        return;
      }
      await (await db.collection("points")).search({ vector: [1] });
      assert.equal(db.off("slowQuery", listener), db);
      assert.equal(events.length, (await db.metrics()).total.searches.slow);
    },
  },
];
