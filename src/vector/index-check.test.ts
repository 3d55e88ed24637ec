// The checks of an index, shown to fail: a bit flipped in a code or a link, a row that is live or not live wrongly, a row cut
// off from the graph; and to pass where nothing is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../base/seeded-random.js";
import type { Metric } from "../model/collection-config.js";
import { checkCodes, checkLinks, type GraphCount, type RowFault } from "./index-check.js";
import { IndexMemory } from "./index-memory.js";

const dimension = 20;
const rowCount = 1_500;

interface TrialIndex {
  readonly memory: IndexMemory;
  readonly vectors: readonly (Float32Array | undefined)[];
}

/** An index in which every seventh row is free and the last hundred are not linked. */
function makeIndex(metric: Metric, kind: "int8" | "none" | "originals in memory"): TrialIndex {
  const random = seededRandom(5);
  const memory = new IndexMemory({
    dimension,
    metric,
    fullPrecision: kind === "none",
    originalsInMemory: kind === "originals in memory",
    maxDegree: 16,
    efConstruction: 40,
    threads: 1,
  });
  memory.reserve(rowCount);
  const vectors = Array.from({ length: rowCount }, (_, row) => {
    return row % 7 === 0 ? undefined : Float32Array.from({ length: dimension }, () => random.normal());
  });
  const write = (from: number, to: number): void => {
    for (let row = from; row < to; row++) {
      const vector = vectors[row];
      if (vector === undefined) continue;
      memory.input.set(vector);
      memory.kernel.encode(row);
      memory.kernel.publish(row);
    }
  };
  write(0, rowCount - 100);
  while (memory.kernel.linkTail(256) > 0);
  write(rowCount - 100, rowCount);
  return { memory, vectors };
}

function check({ memory, vectors }: TrialIndex): { faults: RowFault[]; checked: number; graph: GraphCount } {
  const faults: RowFault[] = [];
  const tell = (fault: RowFault): void => void faults.push(fault);
  const read = (row: number, target: Float32Array): "stored" | "absent" => {
    const vector = vectors[row];
    if (vector === undefined) return "absent";
    target.set(vector);
    return "stored";
  };
  const checked = finish(checkCodes(memory, () => rowCount, read, tell));
  return { faults, checked, graph: finish(checkLinks(memory, tell)) };
}

function finish<Result>(work: Generator<unknown, Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

function bytesAt({ memory }: TrialIndex, address: number): Uint8Array {
  return new Uint8Array(memory.memory.buffer, address >>> 0, 64);
}

function linksAt({ memory }: TrialIndex, row: number): Uint32Array {
  const { kernel } = memory;
  const block = kernel.blockAddress(Math.floor(row / 1024)) >>> 0;
  return new Uint32Array(memory.memory.buffer, block + 512 + (row % 1024) * kernel.linkStrideBytes(), 18);
}

for (const metric of ["cosine", "dot", "euclidean"] as const) {
  for (const kind of ["int8", "none", "originals in memory"] as const) {
    test(`nothing is found in a sound index, and a flipped bit of a code is: ${metric}, ${kind}`, () => {
      const index = makeIndex(metric, kind);
      const { faults, checked, graph } = check(index);
      assert.deepEqual(faults, []);
      const linked = index.vectors.slice(0, rowCount - 100).filter((vector) => vector !== undefined);
      assert.ok(checked >= rowCount);
      assert.deepEqual(graph, { linkedRows: linked.length, unreachableRows: 0 });
      const { kernel } = index.memory;
      const addresses = [kernel.probeCode(9)];
      if (kind !== "none") addresses.push(kernel.probeFine(9));
      if (kind === "originals in memory") addresses.push(kernel.originalAddress(9));
      for (const address of addresses) {
        const bytes = bytesAt(index, address);
        bytes[3]! ^= 16;
        assert.deepEqual(
          check(index).faults.map((fault) => [fault.kind, fault.row]),
          [["code_wrong", 9]],
        );
        bytes[3]! ^= 16;
      }
    });
  }
}

test("a row that is live wrongly, or not live wrongly, is found", () => {
  const index = makeIndex("euclidean", "int8");
  index.memory.kernel.remove(10);
  index.memory.kernel.publish(14);
  assert.deepEqual(
    check(index).faults.map(({ kind, row }) => [kind, row]),
    [
      ["row_missing", 10],
      ["row_stray", 14],
    ],
  );
});

test("any flipped bit of a neighbor, a parent or a head is found, or harmless", () => {
  const index = makeIndex("euclidean", "int8");
  const links = linksAt(index, 100);
  const degree = links[0]! & 0xff;
  let harmless = 0;
  for (let word = 0; word < 2 + degree; word++) {
    for (let bit = 0; bit < 32; bit++) {
      links[word]! ^= 1 << bit;
      const { faults } = check(index);
      links[word]! ^= 1 << bit;
      if (faults.length > 0) continue;
      harmless++;
      // A list that ends one earlier or later; how many neighbors were compared, which only building asks; and another linked
      // row as a neighbor, which only searches feel.
      assert.ok(word === 0 ? bit < 8 || bit >= 16 : word > 1, `word ${word}, bit ${bit}`);
      assert.ok(bit < 24, `word ${word}, bit ${bit}`);
    }
  }
  assert.ok(harmless < degree * 11 + 12, `${harmless} harmless flips of ${(2 + degree) * 32}`);
  assert.deepEqual(check(index).faults, []);
});

test("a row to which no way leads is found", () => {
  const index = makeIndex("euclidean", "int8");
  const { kernel } = index.memory;
  for (let row = 0; row < rowCount; row++) {
    if (kernel.isLinked(row) === 0 || row === 200) continue;
    const links = linksAt(index, row);
    const degree = links[0]! & 0xff;
    const at = links.subarray(2, 2 + degree).indexOf(200);
    if (at === -1) continue;
    links[2 + at] = links[1 + degree]!;
    links[0] = links[0]! - 1;
  }
  const { faults, graph } = check(index);
  assert.ok(faults.some(({ kind, row }) => kind === "row_unreachable" && row === 200));
  assert.ok(faults.some(({ kind, row }) => kind === "link_wrong" && row === 200));
  assert.ok(graph.unreachableRows >= 1);
});
