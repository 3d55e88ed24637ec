// The index against brute force: exact search, recall of the graph, deletes and reuse, and hard cases.

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { xxHash32OfBytes } from "../base/checksum.js";
import { seededRandom } from "../base/seeded-random.js";
import { metrics } from "../kernel/vectors.suite.js";
import { clusteredVectors, IndexTrial, kinds } from "./index-trial.suite.js";
import type { OriginalReader } from "./searcher.js";
import { VectorIndex } from "./vector-index.js";

function sameScores(found: { score: number }[], best: { score: number }[]): void {
  assert.equal(found.length, best.length);
  for (const [i, { score }] of best.entries()) {
    assert.ok(
      Math.abs(found[i]!.score - score) <= 1e-9 * Math.max(1, Math.abs(score)),
      `${found[i]!.score} is ${score}`,
    );
  }
}

describe("exact search", () => {
  for (const metric of metrics) {
    for (const kind of kinds) {
      it(`equals brute force: ${metric}, ${kind.quantization}, originals ${kind.originals}`, async () => {
        const random = seededRandom(7);
        for (const dimension of [1, 3, 16, 33, 130]) {
          const trial = await IndexTrial.create({ dimension, metric, ...kind });
          trial.insert(clusteredVectors({ n: 1500, dimension, clusters: 20 }, random));
          const allowed = [...trial.rows.keys()].filter(() => random.next() < 0.1);
          for (let i = 0; i < 20; i++) {
            const query = Float32Array.from({ length: dimension }, () => random.normal());
            for (const limit of [1, 10, 300]) {
              sameScores(trial.search(query, limit, { exact: true }), trial.bruteForce(query, limit));
              const found = trial.search(query, limit, { allowed: Uint32Array.from(allowed) });
              sameScores(found, trial.bruteForce(query, limit, new Set(allowed)));
            }
          }
          await trial.close();
        }
      });
    }
  }

  it("equals brute force for vectors of wild magnitudes", async () => {
    const random = seededRandom(11);
    for (const metric of metrics) {
      const trial = await IndexTrial.create({ dimension: 8, metric });
      const scales = [1e-44, 1e-30, 1, 1e19, 1e30, 3e38];
      const vectors = Float32Array.from(
        { length: 8 * 600 },
        (_, i) => scales[(i >> 3) % 6]! * (2 * random.next() - 1),
      );
      for (let i = 0; i < vectors.length; i += 8) vectors[i] = scales[(i >> 3) % 6]!;
      trial.insert(vectors);
      for (let i = 0; i < 60; i++) {
        const query = vectors.slice(i * 8, i * 8 + 8);
        sameScores(trial.search(query, 10, { exact: true }), trial.bruteForce(query, 10));
      }
      await trial.close();
    }
  });

  it("compares every row where codes cannot tell them apart", async () => {
    const trial = await IndexTrial.create({ dimension: 2, metric: "euclidean" });
    const vectors = new Float32Array(2 * 70_000).fill(1);
    for (let i = 0; i < vectors.length; i += 2) vectors[i] = 1 + i * 1e-9;
    trial.insert(vectors);
    const query = Float32Array.of(1, 1);
    sameScores(trial.search(query, 5, { exact: true }), trial.bruteForce(query, 5));
    await trial.close();
  });
});

describe("graph search", () => {
  for (const metric of metrics) {
    for (const kind of kinds) {
      it(`finds the nearest: ${metric}, ${kind.quantization}, originals ${kind.originals}`, async () => {
        const random = seededRandom(23);
        const dimension = 24;
        const trial = await IndexTrial.create({ dimension, metric, ...kind });
        trial.insert(clusteredVectors({ n: 5000, dimension, clusters: 60 }, random));
        await trial.index.waitUntilLinked();
        const stats = await trial.index.stats();
        assert.equal(stats.linkedRows, 5000);
        assert.equal(stats.tailRows, 0);
        assert.equal(stats.unreachableRows, 0);
        const queries = clusteredVectors({ n: 60, dimension, clusters: 60 }, random);
        const recall = trial.recall(queries, 128);
        assert.ok(recall >= 0.95, `recall@10 ${recall} at ef 128`);
        await trial.close();
      });
    }
  }

  it("counts searches and the distances computed for them, by scans and by walks", async () => {
    const random = seededRandom(29);
    const dimension = 16;
    const trial = await IndexTrial.create({ dimension });
    trial.insert(clusteredVectors({ n: 3000, dimension, clusters: 30 }, random));
    const query = Float32Array.from({ length: dimension }, () => random.normal());
    const counted = async (...given: Parameters<IndexTrial["search"]>): Promise<number> => {
      const before = await trial.index.stats();
      trial.search(...given);
      const after = await trial.index.stats();
      assert.equal(after.searches, before.searches + 1);
      return after.distances - before.distances;
    };
    assert.equal((await trial.index.stats()).distances, 0);
    assert.equal(await counted(query, 10, { exact: true }), 3000);
    await trial.index.waitUntilLinked();
    assert.equal(await counted(query, 10, { exact: true }), 3000);
    assert.equal(await counted(query, 10, { allowed: Uint32Array.of(3, 7, 2000) }), 3);
    const few = await counted(query, 10, { ef: 16 });
    const more = await counted(query, 10, { ef: 128 });
    assert.ok(few >= 16 && few < more && more < 3000, `${few} distances at ef 16, ${more} at ef 128`);
    await trial.close();
  });

  it("finds a written row at once, while others are linked", async () => {
    const random = seededRandom(31);
    const dimension = 16;
    const trial = await IndexTrial.create({ dimension });
    for (let batch = 0; batch < 40; batch++) {
      const vectors = clusteredVectors({ n: 300, dimension, clusters: 10 }, random);
      const rows = trial.insert(vectors);
      for (let i = 0; i < rows.length; i += 29) {
        const [hit] = trial.search(vectors.subarray(i * dimension, (i + 1) * dimension), 1, { ef: 128 });
        assert.equal(hit?.row, rows[i]);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await trial.close();
  });

  it("answers with as many hits as there are rows, whatever they hold", async () => {
    const same = await IndexTrial.create({ dimension: 4, metric: "euclidean" });
    same.insert(new Float32Array(4 * 3000).fill(0.5));
    await same.index.waitUntilLinked();
    assert.equal((await same.index.stats()).unreachableRows, 0);
    const query = Float32Array.of(1, 0, 0, 0);
    for (const limit of [1, 10, 2999, 3000, 5000])
      assert.equal(same.search(query, limit).length, Math.min(limit, 3000));
    await same.close();

    const empty = await IndexTrial.create({ dimension: 4 });
    assert.deepEqual(empty.search(query, 10), []);
    const [row] = empty.insert(Float32Array.of(1, 2, 3, 4));
    assert.equal(empty.search(query, 10)[0]?.row, row);
    await empty.index.waitUntilLinked();
    assert.equal((await empty.index.stats()).linkedRows, 1);
    empty.remove([row!]);
    assert.deepEqual(empty.search(query, 10), []);
    await empty.close();
  });
});

describe("deletes and reuse", () => {
  it("keeps recall, reachability and memory over ten rounds of replacing half of the rows", async () => {
    const random = seededRandom(41);
    const dimension = 24;
    const shape = { dimension, clusters: 50 };
    const queries = clusteredVectors({ n: 300, ...shape }, random);
    const trial = await IndexTrial.create({ dimension });
    trial.insert(clusteredVectors({ n: 4000, ...shape }, random));
    await trial.index.waitUntilLinked();
    let rowEndAfterFirst = 0;
    for (let round = 0; round < 10; round++) {
      const victims = [...trial.rows.keys()].filter(() => random.next() < 0.5).slice(0, 2000);
      trial.remove(victims);
      for (const { row } of trial.search(queries.subarray(0, dimension), 50)) assert.ok(trial.rows.has(row));
      await trial.index.waitUntilLinked();
      trial.insert(clusteredVectors({ n: victims.length, ...shape }, random));
      await trial.index.waitUntilLinked();
      const stats = await trial.index.stats();
      assert.equal(stats.unreachableRows, 0);
      assert.equal(stats.liveRows, 4000);
      if (round === 0) rowEndAfterFirst = trial.rowEnd;
      assert.equal(trial.rowEnd, rowEndAfterFirst);
    }
    const fresh = await IndexTrial.create({ dimension });
    for (const vector of trial.rows.values()) fresh.insert(vector);
    await fresh.index.waitUntilLinked();
    for (const ef of [32, 64, 128]) {
      const [worn, built] = [trial.recall(queries, ef), fresh.recall(queries, ef)];
      assert.ok(worn >= built - 0.01, `recall@10 at ef ${ef}: ${worn} after ten rounds, ${built} fresh`);
    }
    await fresh.close();
    await trial.close();
  });

  it("survives removing everything, the entry first, again and again", async () => {
    const random = seededRandom(43);
    const dimension = 8;
    const trial = await IndexTrial.create({ dimension, metric: "dot" });
    for (let round = 0; round < 6; round++) {
      const rows = trial.insert(clusteredVectors({ n: 1200, dimension, clusters: 5 }, random));
      if (round % 2 === 0) await trial.index.waitUntilLinked();
      trial.remove(rows.slice(0, 600));
      if (round % 3 === 0) await trial.index.waitUntilLinked();
      trial.remove(rows.slice(600));
      assert.deepEqual(
        trial.search(
          Float32Array.from({ length: dimension }, () => 1),
          10,
        ),
        [],
      );
    }
    await trial.index.waitUntilLinked();
    trial.insert(clusteredVectors({ n: 500, dimension, clusters: 5 }, random));
    await trial.index.waitUntilLinked();
    const stats = await trial.index.stats();
    assert.deepEqual([stats.liveRows, stats.linkedRows, stats.unreachableRows], [500, 500, 0]);
    await trial.close();
  });

  it("keeps what it promises under writes, deletes and consolidation at once", async () => {
    const random = seededRandom(47);
    const dimension = 12;
    const trial = await IndexTrial.create({ dimension, metric: "euclidean" }, { linkingThreads: 3 });
    for (let step = 0; step < 120; step++) {
      trial.insert(clusteredVectors({ n: 100, dimension, clusters: 8 }, random));
      const rows = [...trial.rows.keys()];
      if (rows.length > 3000) trial.remove(rows.filter(() => random.next() < 0.3));
      const query = Float32Array.from({ length: dimension }, () => random.normal());
      const found = trial.search(query, 10);
      assert.equal(found.length, Math.min(10, trial.rows.size));
      for (const { row } of found) assert.ok(trial.rows.has(row));
      assert.equal(new Set(found.map(({ row }) => row)).size, found.length);
      if (step % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await trial.index.waitUntilLinked();
    const stats = await trial.index.stats();
    assert.deepEqual(
      [stats.liveRows, stats.linkedRows, stats.unreachableRows],
      [trial.rows.size, trial.rows.size, 0],
    );
    const queries = clusteredVectors({ n: 50, dimension, clusters: 8 }, random);
    assert.ok(trial.recall(queries, 128) >= 0.95);
    await trial.close();
  });
});

describe("originals that are read unchecked", () => {
  /** An index whose store gives other components for `damaged` than were written, and the checksums of those that were. */
  async function damagedTrial(
    damaged: ReadonlySet<number>,
    read: OriginalReader["read"],
  ): Promise<{ index: VectorIndex; trial: IndexTrial }> {
    const trial = await IndexTrial.create({ dimension: 24, metric: "euclidean" });
    trial.insert(clusteredVectors({ n: 900, dimension: 24, clusters: 9 }, seededRandom(3)));
    const readUnchecked = (row: number, target: Float32Array, offset: number): number => {
      const vector = trial.rows.get(row);
      if (vector === undefined) return -1;
      target.set(vector, offset);
      if (damaged.has(row)) target[offset + 23] = target[offset + 23]! + 1;
      return xxHash32OfBytes(new Uint8Array(vector.buffer), row);
    };
    const originalReader = { read, readUnchecked };
    const index = await VectorIndex.create({ ...trial.options, originalReader });
    index.reserve(trial.rowEnd);
    for (const [row, vector] of trial.rows) index.write(row, vector);
    index.publish([...trial.rows.keys()]);
    return { index, trial };
  }
  const query = { limit: 150, effort: { kind: "exact" } } as const;

  it("are read again where they were damaged, and the error of that is the search's", async () => {
    const { index, trial } = await damagedTrial(new Set([70]), (row) => {
      throw new Error(`row ${row}`);
    });
    assert.throws(() => index.search(trial.rows.get(70)!, query), { message: "row 70" });
    await index.close();
    await trial.close();
  });

  it("count as read the second time, whichever they are", async () => {
    const damaged = new Set(Array.from({ length: 900 }, (_, row) => row).filter((row) => row % 7 === 3));
    const again: number[] = [];
    const { index, trial } = await damagedTrial(damaged, (row, target, offset) => {
      again.push(row);
      return trial.options.originalReader.read(row, target, offset);
    });
    for (const row of [0, 3, 70, 400]) {
      const vector = trial.rows.get(row)!;
      const { count, rows, scores } = index.search(vector, query);
      const found = Array.from({ length: count }, (_, i) => ({ row: rows[i]!, score: scores[i]! }));
      sameScores(found, trial.bruteForce(vector, query.limit));
    }
    assert.ok(again.length > 0, "some were damaged");
    await index.close();
    await trial.close();
  });

  it("may be missing", async () => {
    const { index, trial } = await damagedTrial(new Set(), () => false);
    const vector = trial.rows.get(5)!;
    trial.rows.delete(5);
    assert.throws(() => index.search(vector, query), { code: "vector_missing_in_store" });
    await index.close();
    await trial.close();
  });
});
