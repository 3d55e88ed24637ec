// Reads the graph out of the kernels' memory and checks what must hold whenever no thread links; and consolidates as
// src/vector does. The layout is that of kernels/assembly/layout.ts.

import assert from "node:assert/strict";
import { noRow, type TestIndex } from "./kernel-harness.suite.js";
import { blockRows } from "./kernel-settings.js";
import { bestScalar } from "./scalar-rescore.js";

const bitSetsBytes = 512;

/** The links of one row. */
export interface Links {
  readonly head: number;
  readonly parent: number;
  readonly neighbors: readonly number[];
}

/** What a check reads: an index of these tests, or one that src/vector works on. */
export type CheckedIndex = Pick<TestIndex, "kernel" | "settings" | "rowEnd" | "header" | "words">;

/** Reads the links of a row. */
export function linksOf(index: CheckedIndex, row: number): Links {
  const stride = index.kernel.linkStrideBytes();
  const block = index.kernel.blockAddress(Math.floor(row / blockRows)) >>> 0;
  const [head = 0, parent = 0, ...rest] = index.words(
    block + bitSetsBytes + (row % blockRows) * stride,
    stride / 4,
  );
  return { head, parent, neighbors: rest.slice(0, head & 0xff) };
}

export function linkedRows(index: CheckedIndex): number[] {
  return Array.from({ length: index.rowEnd }, (_, row) => row).filter(
    (row) => index.kernel.isLinked(row) !== 0,
  );
}

/** Asserts every invariant of the graph; returns the depth of its tree. */
export function checkGraph(index: CheckedIndex): number {
  const linked = linkedRows(index);
  const graph = new Map(linked.map((row) => [row, linksOf(index, row)]));
  const entry = index.header("entry");
  assert.equal(index.header("linkedCount"), linked.length);
  assert.equal(entry === noRow, linked.length === 0, "there is an entry row where there are rows");
  assert.ok(linked.length === 0 || graph.has(entry), "the entry row is linked");
  for (const [row, links] of graph) checkLinks({ index, graph, row, links, entry });
  const depth = checkTree(graph, entry);
  checkReached(index, graph, entry);
  return depth;
}

function checkLinks(one: {
  readonly index: CheckedIndex;
  readonly graph: ReadonlyMap<number, Links>;
  readonly row: number;
  readonly links: Links;
  readonly entry: number;
}): void {
  const { index, graph, row, links, entry } = one;
  const { head, parent, neighbors } = links;
  assert.equal(head >>> 24, 0, `row ${row}: the list is unlocked`);
  assert.ok(((head >> 16) & 0xff) <= (head & 0xff), `row ${row}: neighbors compared are neighbors`);
  assert.ok(neighbors.length <= index.settings.maxDegree, `row ${row}: degree ${neighbors.length}`);
  assert.equal(new Set(neighbors).size, neighbors.length, `row ${row}: a neighbor occurs twice`);
  for (const neighbor of neighbors) {
    assert.notEqual(neighbor, row, `row ${row}: is its own neighbor`);
    assert.ok(graph.has(neighbor), `row ${row}: neighbor ${neighbor} is not linked`);
  }
  const children = neighbors.filter((neighbor) => graph.get(neighbor)?.parent === row);
  assert.equal((head >> 8) & 0xff, children.length, `row ${row}: pins count its children`);
  if (row === entry) assert.equal(parent, noRow, "the entry row is the root");
  else
    assert.ok(graph.get(parent)?.neighbors.includes(row) === true, `row ${row}: parent ${parent} holds it`);
}

/** Every row leads up to the entry row; returns the length of the longest way. */
function checkTree(graph: ReadonlyMap<number, Links>, entry: number): number {
  const depths = new Map<number, number>([[entry, 0]]);
  for (const start of graph.keys()) {
    const way: number[] = [];
    let at = start;
    while (!depths.has(at)) {
      way.push(at);
      at = graph.get(at)?.parent ?? noRow;
      assert.ok(at !== noRow && way.length <= graph.size, `row ${start} leads up to the entry row`);
    }
    let depth = depths.get(at) ?? 0;
    for (const row of way.toReversed()) depths.set(row, ++depth);
  }
  return Math.max(...depths.values());
}

/** The kernels' own sweep agrees with a plain search: all is reached. */
function checkReached(
  { kernel, rowEnd }: CheckedIndex,
  graph: ReadonlyMap<number, Links>,
  entry: number,
): void {
  kernel.beginReach();
  let followed = 0;
  for (let count = -1; count !== 0; followed += count) count = kernel.reachRange(0, rowEnd);
  assert.equal(kernel.countUnreached(), 0);
  const reached = new Set(entry === noRow ? [] : [entry]);
  for (const row of reached) for (const neighbor of graph.get(row)?.neighbors ?? []) reached.add(neighbor);
  assert.equal(reached.size, graph.size);
  assert.equal(followed, graph.size);
}

/** What surrounds the two steps that threads may link beside. */
export interface Quiet {
  /** Returns when no thread links, and keeps it so. */
  readonly pause: () => void;
  readonly resume: () => void;
}

const alone: Quiet = { pause: () => undefined, resume: () => undefined };

/** Takes the dead rows out of the graph; returns those released. */
export function consolidate(index: TestIndex, { pause, resume }: Quiet = alone): number[] {
  const { kernel } = index;
  pause();
  const dead = linkedRows(index).filter((row) => kernel.isLive(row) === 0);
  for (const row of dead) kernel.condemn(row);
  if (kernel.replaceEntry() === 0) {
    kernel.emptyGraph();
  } else {
    resume();
    rewire(index);
    pause();
    rewire(index);
  }
  for (const row of dead) kernel.release(row);
  resume();
  return dead;
}

/** Each step over all rows. A paused step returns early and is begun again where it stopped. */
function rewire({ kernel, rowEnd, ...index }: TestIndex): void {
  const header = new Uint32Array(index.memory.buffer, kernel.headerAddress(), 64);
  const paused = Atomics.exchange(header, 3, 0);
  assert.equal(kernel.reparentRange(0, rowEnd), rowEnd);
  assert.equal(kernel.repairRange(0, rowEnd), rowEnd);
  Atomics.store(header, 3, paused);
}

/** Share of the true ten nearest that a search finds, by code alone and rescored. */
export function recallOf(one: {
  readonly index: TestIndex;
  readonly vectors: ReadonlyMap<number, Float32Array>;
  readonly queries: readonly Float32Array[];
  readonly ef: number;
}): number {
  const { index, vectors, queries, ef } = one;
  const rows = [...vectors.keys()];
  const all = [...vectors.values()];
  let found = 0;
  for (const query of queries) {
    const hits = new Set(index.search(query, ef, Math.max(ef, 30)));
    const best = bestScalar(index.settings.metric, query, all, 10);
    found += best.filter(({ row }) => hits.has(rows[row] ?? noRow)).length;
  }
  return found / (queries.length * Math.min(10, rows.length));
}
