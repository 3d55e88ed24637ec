// Bit sets of rows at the borders of words and blocks, the start of the tail, counts, and the layout of memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { builds, noRow, TestIndex } from "./kernel-harness.suite.js";
import { check, clusteredVectors } from "./vectors.suite.js";

const borders = [0, 1, 30, 31, 32, 33, 63, 64, 1022, 1023, 1024, 1025, 2047, 2048, 4095];

test("a published row is live and found, a removed one is neither", () => {
  for (const module of builds) {
    const index = new TestIndex(module, { dimension: 5 });
    const vectors = clusteredVectors({ count: borders.length, dimension: 5, seed: 4 });
    index.grow(4096);
    const [query] = vectors;
    assert.ok(query !== undefined);
    borders.forEach((row, i) => {
      index.encode(row, vectors[i] ?? query);
      assert.equal(index.kernel.isLive(row), 0);
      index.kernel.publish(row);
      assert.equal(index.kernel.isLive(row), 1);
      assert.equal(index.kernel.countLive(), i + 1);
      assert.deepEqual(
        index.search(query, 16, 100).toSorted((a, b) => a - b),
        borders.slice(0, i + 1),
      );
    });
    borders.forEach((row, i) => {
      assert.equal(index.kernel.remove(row), 1, "nothing refers to a row of the tail");
      assert.equal(index.kernel.remove(row), 0, "it is removed once");
      assert.equal(index.search(query, 16, 100).length, borders.length - i - 1);
    });
    assert.equal(index.kernel.isLive(4096), 0, "rows beyond the memory are not live");
    assert.equal(index.kernel.isLinked(1 << 30), 0);
  }
});

test("bits, counts and the tail follow any order of publishing, linking and removing", () => {
  const step = fc.record({
    action: fc.constantFrom("publish", "publish", "remove", "link"),
    row: fc.oneof(fc.constantFrom(...borders), fc.nat(4095)),
  });
  for (const module of builds) {
    check(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const index = new TestIndex(module, { dimension: 2, maxDegree: 8 });
        index.grow(4096);
        const live = new Set<number>();
        const linked = new Set<number>();
        for (const { action, row } of steps) {
          if (action === "link") {
            const tail = [...live].filter((one) => !linked.has(one));
            assert.equal(index.kernel.linkTail(10_000), tail.length);
            for (const one of tail) linked.add(one);
          } else if (action === "publish" && !live.has(row) && !linked.has(row)) {
            index.encode(row, Float32Array.of(Math.sin(row), Math.cos(row)));
            index.kernel.publish(row);
            live.add(row);
          } else if (action === "remove") {
            const expected = live.delete(row) ? (linked.has(row) ? 2 : 1) : 0;
            assert.equal(index.kernel.remove(row), expected);
          }
          const tail = [...live].filter((one) => !linked.has(one));
          assert.ok(
            tail.every((one) => one >= index.header("tailStart")),
            "the tail is behind its start",
          );
        }
        checkCounts(index, live, linked);
      }),
      60,
    );
  }
});

function checkCounts({ kernel, rowEnd, ...index }: TestIndex, live: Set<number>, linked: Set<number>): void {
  const dead = [...linked].filter((row) => !live.has(row)).toSorted((a, b) => a - b);
  assert.equal(kernel.countLive(), live.size);
  assert.equal(kernel.countLiveLinked(), [...live].filter((row) => linked.has(row)).length);
  for (const row of borders) {
    assert.equal(kernel.isLive(row), Number(live.has(row)));
    assert.equal(kernel.isLinked(row), Number(linked.has(row)));
  }
  const count = kernel.gatherDead(0, rowEnd);
  assert.deepEqual(Array.from(new Uint32Array(index.memory.buffer, kernel.gatherAddress(), count)), dead);
}

test("a search finds tail and graph alike, each row once", () => {
  for (const module of builds) {
    const index = new TestIndex(module, { dimension: 12 });
    const vectors = clusteredVectors({ count: 2100, dimension: 12, seed: 5 });
    index.add(vectors);
    const [query] = vectors;
    assert.ok(query !== undefined);
    const before = index.search(query, 64, 10);
    for (let linked = 0; linked < 2100; linked += index.kernel.linkTail(300)) {
      const found = index.search(query, 400, 2000);
      assert.equal(new Set(found).size, found.length);
      assert.deepEqual(found.slice(0, 3), before.slice(0, 3));
    }
    assert.equal(index.header("linkedCount"), 2100);
    assert.equal(index.kernel.linkTail(1), 0);
    assert.ok(index.header("tailStart") >= 2100);
  }
});

test("an entry row that is still being linked is found once", () => {
  for (const module of builds) {
    const index = new TestIndex(module, { dimension: 4 });
    index.add([Float32Array.of(1, 0, 0, 0), Float32Array.of(0, 1, 0, 0)]);
    // What another thread sees between the entry being set and the row being marked as linked.
    index.words(index.kernel.blockAddress(0) + 512, 2).set([0, noRow]);
    index.setHeader("entry", 0);
    assert.deepEqual(index.search(Float32Array.of(1, 0, 0, 0), 16, 10), [0, 1]);
  }
});

test("linking stops when paused, and takes what is published behind the start of the tail", () => {
  for (const module of builds) {
    const index = new TestIndex(module, { dimension: 4 });
    index.add(clusteredVectors({ count: 100, dimension: 4, seed: 6 }));
    index.setHeader("pause", 1);
    assert.equal(index.kernel.linkTail(10), 0);
    index.setHeader("pause", 0);
    assert.equal(index.kernel.linkTail(10), 10);
    assert.equal(index.kernel.linkTail(1000), 90);
    index.add([Float32Array.of(1, 2, 3, 4)], 300);
    assert.equal(index.kernel.linkTail(10), 1);
    index.add([Float32Array.of(1, 2, 3, 4)], 200);
    assert.ok(index.header("tailStart") <= 200);
    assert.equal(index.kernel.linkTail(10), 1);
  }
});

test("rows do not overlap, and all fit below 4 GiB", () => {
  for (const module of builds) {
    for (const dimension of [1, 16, 17, 768, 4096]) {
      for (const maxDegree of [8, 9, 31, 32, 127, 128]) {
        for (const [fullPrecision, originalsInMemory, threads] of [
          [false, false, 1],
          [true, false, 3],
          [false, true, 17],
        ] as const) {
          const index = new TestIndex(module, { dimension, maxDegree, fullPrecision, originalsInMemory });
          const kernel = index.instance(0);
          const settings = [
            dimension,
            0,
            Number(fullPrecision),
            Number(originalsInMemory),
            maxDegree,
            64,
          ] as const;
          kernel.configure(...settings, threads, threads - 1);
          const rowMax = kernel.rowLimit();
          assert.ok(rowMax > 0 && rowMax % 1024 === 0 && rowMax < 2 ** 31);
          assert.ok(kernel.bytesFor(rowMax) < 2 ** 32 - 65_535, "a memory of 65,536 pages holds every row");
          assert.ok(kernel.bytesFor(rowMax + 1) > 4e9, "hardly any of it is wasted");
          assert.equal(kernel.linkStrideBytes() % 8, 0, "a list is cleared by one atomic store");
          const codeBytes = kernel.probeCode(1) - kernel.probeCode(0);
          const fineBytes = kernel.codeStrideBytes() - codeBytes;
          assert.deepEqual([codeBytes % 16, fineBytes % 8], [0, 0]);
          assert.equal(kernel.scratchEnd() % 64, 0);
          // Codes end before fine codes begin, and the last of those inside the last block.
          const begin = kernel.blockAddress(rowMax / 1024 - 1) >>> 0;
          const [first, last] = [rowMax - 1024, rowMax - 1];
          assert.ok(kernel.probeCode(first) >>> 0 > begin);
          assert.ok((kernel.probeCode(last) >>> 0) + codeBytes <= kernel.probeFine(first) >>> 0);
          assert.ok((kernel.probeFine(last) >>> 0) + fineBytes <= begin + kernel.blockByteCount());
        }
      }
    }
  }
});
