// Compares the indexes over vectors with the store while writes go on, and searches a sample of the points.

import { seededRandom } from "../base/seeded-random.js";
import type { Findings } from "../model/check-problem.js";
import type { RecallSample, VectorIndexCheck } from "../model/collection-check.js";
import { defaultEffort } from "../model/search-effort.js";
import type { PointStore } from "../store/point-store.js";
import type { RowFault, VectorReader } from "../vector/index-check.js";
import type { VectorIndex } from "../vector/vector-index.js";
import { corruptionOf } from "./corruption.js";

/** One index and what it stands for. */
export interface CheckedIndex {
  readonly index: VectorIndex;
  readonly store: PointStore;
  /** Its place in the configuration, its name and its dimension. */
  readonly field: number;
  readonly name: string;
  readonly dimension: number;
}

/** Runs work in slices, and tells how far it is. */
export type SliceRunner = <Result>(work: Generator<number, Result>) => Promise<Result>;

/** Checks codes, links and answers of one index; what is wrong goes to `findings`. */
export async function checkIndex(
  checked: CheckedIndex,
  run: SliceRunner,
  findings: Findings,
): Promise<VectorIndexCheck> {
  const { index, store, field, name } = checked;
  const place = `index-${field}`;
  const tell = ({ kind, row, detail }: RowFault): void =>
    findings.add({ kind, remedy: "derived", place, row, detail });
  const read = vectorReader(store, field);
  const checkedRows = await run(index.checkCodes(() => store.state.rowEnd, read, tell));
  const { linkedRows, unreachableRows } = await index.checkLinks(run, tell);
  const recall = await run(sampleRecall(checked));
  if (recall !== null && recall.recall < recallMin) {
    const detail = `Searches find a share of ${recall.recall} of the nearest points, and less than ${recallMin} is a fault.`;
    findings.add({ kind: "recall_low", remedy: "derived", place, detail });
  }
  return { field: name, checkedRows, linkedRows, unreachableRows, recall };
}

/** Searches aim at 0.99; a sample of them may come out somewhat below, and far below only if the graph is not right. */
const recallMin = 0.9;
const queryCount = 50;
const limit = 10;
const seed = 20_240_229;

function vectorReader(store: PointStore, field: number): VectorReader {
  return (row, target) => {
    try {
      return store.readVector(field, row, target, 0) ? "stored" : "absent";
    } catch (error) {
      if (corruptionOf(error) !== undefined) return "damaged";
      throw error;
    }
  };
}

/** Searches for vectors of points drawn by chance, each once as searches are done and once exactly. */
function* sampleRecall({
  index,
  store,
  field,
  dimension,
}: CheckedIndex): Generator<number, RecallSample | null> {
  const random = seededRandom(seed);
  const vector = new Float32Array(dimension);
  const read = vectorReader(store, field);
  let queries = 0;
  let scans = 0;
  let found = 0;
  let wanted = 0;
  // Rows that are not in use are drawn too.
  for (let attempt = 0; attempt < queryCount * 20 && queries < queryCount; attempt++) {
    const row = random.below(store.state.rowEnd);
    if (!index.isLive(row) || read(row, vector) !== "stored") continue;
    const exact = index.search(vector, { limit, effort: { kind: "exact" } });
    const nearest = new Set(exact.rows.subarray(0, exact.count));
    const worst = exact.scores[exact.count - 1];
    const hits = index.search(vector, { limit, effort: defaultEffort });
    if (hits.course.way === "scan") scans++;
    // A hit that is as near as the last of the nearest is as good.
    for (let i = 0; i < hits.count; i++) if (nearest.has(hits.rows[i]!) || hits.scores[i] === worst) found++;
    wanted += nearest.size;
    queries++;
    yield queries;
  }
  if (wanted === 0) return null;
  return { recall: Math.min(1, found / wanted), queries, limit, seed, scans };
}
