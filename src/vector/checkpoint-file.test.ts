// Checkpoints: what is loaded answers as what was saved; a damaged file is no checkpoint.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { seededRandom } from "../base/seeded-random.js";
import { clusteredVectors, IndexTrial } from "./index-trial.suite.js";
import { VectorIndex } from "./vector-index.js";

const dimension = 20;
const shape = { dimension, clusters: 30 };

describe("checkpoint", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "omendb-checkpoint-"));
  });
  after(async () => {
    await rm(folder, { recursive: true });
  });

  for (const originals of ["disk", "memory"] as const) {
    for (const quantization of ["int8", "none"] as const) {
      it(`brings back rows, graph and dead rows: ${quantization}, originals ${originals}`, async () => {
        const random = seededRandom(5);
        const path = join(folder, `${quantization}-${originals}`);
        const trial = await IndexTrial.create({ ...shape, originals, quantization, durable: true });
        const rows = trial.insert(clusteredVectors({ n: 5000, ...shape }, random));
        await trial.index.waitUntilLinked();
        while ((await trial.index.stats()).plan.calibratedRows === 0) await new Promise(setImmediate);
        trial.remove(rows.slice(100, 300));
        trial.insert(clusteredVectors({ n: 50, ...shape }, random));
        await trial.index.saveCheckpoint(path, 77);
        const saved = await trial.index.stats();
        const queries = clusteredVectors({ n: 20, ...shape }, random);
        const answers = (): unknown =>
          Array.from({ length: 20 }, (_, i) =>
            trial.search(queries.subarray(i * dimension, (i + 1) * dimension), 10),
          );
        const before = answers();
        await trial.index.close();

        const loaded = await VectorIndex.load(path, trial.options);
        assert.equal(loaded?.sequence, 77);
        assert.ok(loaded !== undefined);
        trial.index = loaded.index;
        const stats = await trial.index.stats();
        assert.deepEqual(
          [stats.liveRows, stats.deadRows, stats.unreachableRows, stats.plan],
          [saved.liveRows, saved.deadRows, 0, saved.plan],
        );
        assert.deepEqual(answers(), before);
        trial.insert(clusteredVectors({ n: 2000, ...shape }, random));
        await trial.index.waitUntilLinked();
        assert.equal((await trial.index.stats()).unreachableRows, 0);
        assert.ok(trial.recall(queries, 128) >= 0.95);
        await trial.close();
      });
    }
  }

  it("refuses a file that is damaged anywhere, cut short, longer, of other settings, or missing", async () => {
    const random = seededRandom(9);
    const path = join(folder, "damaged");
    const trial = await IndexTrial.create({ ...shape, durable: true });
    trial.insert(clusteredVectors({ n: 3000, ...shape }, random));
    await trial.index.waitUntilLinked();
    await trial.index.saveCheckpoint(path, 3);
    const good = await readFile(path);
    const load = async (bytes: Buffer, options = trial.options): Promise<boolean> => {
      await writeFile(path, bytes);
      const loaded = await VectorIndex.load(path, options);
      await loaded?.index.close();
      return loaded !== undefined;
    };
    assert.equal(await load(good), true);
    for (let i = 0; i < 60; i++) {
      const bytes = Buffer.from(good);
      // The header and the sums are small: aim at them every other time.
      const at = i % 2 === 0 ? random.below(200) : random.below(bytes.length);
      bytes[at]! ^= 1 << random.below(8);
      assert.equal(await load(bytes), false, `a bit of byte ${at} flipped`);
    }
    for (const length of [0, 1, 127, 128, 200, 256, good.length - 1])
      assert.equal(await load(good.subarray(0, length)), false);
    assert.equal(await load(Buffer.concat([good, Buffer.alloc(1)])), false);
    for (const other of [
      { dimension: 19 },
      { metric: "dot" },
      { maxDegree: 16 },
      { quantization: "none" },
    ] as const) {
      assert.equal(await load(good, { ...trial.options, ...other }), false, JSON.stringify(other));
    }
    assert.equal(await VectorIndex.load(join(folder, "missing"), trial.options), undefined);
    await trial.close();
  });

  it("frees removed rows only when a checkpoint without them is durable", async () => {
    const random = seededRandom(13);
    const trial = await IndexTrial.create({ ...shape, durable: true });
    const rows = trial.insert(clusteredVectors({ n: 2500, ...shape }, random));
    await trial.index.waitUntilLinked();
    trial.remove(rows.slice(0, 1000));
    await trial.index.waitUntilLinked();
    assert.deepEqual(trial.index.takeFreeRows(), []);
    assert.equal(trial.index.releasedRows, 1000);
    await trial.index.saveCheckpoint(join(folder, "released"), 5);
    assert.deepEqual(
      trial.index.takeFreeRows().toSorted((a, b) => a - b),
      rows.slice(0, 1000),
    );
    await trial.close();
  });
});
