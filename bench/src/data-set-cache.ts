// Data sets on disk, in bench/cache/: made or read once, and from then on only opened. One folder a set, dimension and
// seed of its generator, with
//
//   rows.f32                            every row made so far; a smaller set is the beginning of a larger one
//   queries-<count>.f32
//   answers-<n>-<count>-g<seed>.i32     neighbors, then those of the group, each count × 10
//
// The folder's name has the version of the generator, so that what an older one made is not used.

import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  sourceBlockRows,
  DataUnavailable,
  type DataSource,
  type SourceVectors,
} from "./data-sets/data-source.js";
import { sourceNamed } from "./data-sets/sources.js";
import {
  groupOf,
  neighborCount,
  type DataSet,
  type DataSetRequest,
  type FilteredAnswers,
} from "./data-set.js";
import { exactNeighbors, type ExactAnswers, type ExactRequest } from "./exact-neighbors.js";
import { readRowsOf } from "./row-file.js";

/** Where sets are kept unless a request says otherwise: git-ignored. */
export const defaultCacheFolder = fileURLToPath(new URL("../cache/", import.meta.url));
/** The group that filtered searches ask for. */
const filteredGroup = 7;

/** Told what is being made, and the share of it that is done. */
export type CacheProgress = (what: string, share: number) => void;

/**
 * Opens a data set, making first what the cache lacks of it. Throws DataUnavailable if the set is not on this machine
 * or has too few rows, queries or another dimension than is asked for.
 */
export async function openDataSet(
  request: DataSetRequest,
  onProgress: CacheProgress = () => undefined,
): Promise<DataSet> {
  const source = sourceNamed(request.name);
  checkRequest(source, request);
  const { n, dimension, queryCount, seed } = request;
  const folder = folderOf(source, request);
  mkdirSync(folder, { recursive: true });
  const rowsPath = join(folder, "rows.f32");
  const queriesPath = join(folder, `queries-${queryCount}.f32`);
  await makeVectors({ source, request, rowsPath, queriesPath }, onProgress);
  const queries = readRowsOf(queriesPath, dimension, 0, queryCount);
  const exact: ExactRequest = {
    path: rowsPath,
    n,
    dimension,
    metric: source.metric,
    queries,
    group: filteredGroup,
    seed,
  };
  const answers = await openAnswers(
    join(folder, `answers-${n}-${queryCount}-g${seed}.i32`),
    exact,
    onProgress,
  );
  return {
    name: source.name,
    title: source.title,
    n,
    dimension,
    metric: source.metric,
    queryCount,
    queries,
    neighbors: answers.neighbors,
    filtered: { ...filteredRows(n, seed), neighbors: answers.ofGroup },
    readRows: (from, to) => readRowsOf(rowsPath, dimension, from, to),
    metadataOf: (row) => ({ title: `point-${row}`, year: 1950 + (row % 70), group: groupOf(row, seed) }),
  };
}

/** Vectors that are to be in the cache. */
interface CachedVectors {
  readonly source: DataSource;
  readonly request: DataSetRequest;
  readonly rowsPath: string;
  readonly queriesPath: string;
}

async function makeVectors(
  { source, request, rowsPath, queriesPath }: CachedVectors,
  onProgress: CacheProgress,
): Promise<void> {
  const { n, dimension, queryCount } = request;
  const rowsThere = existsSync(rowsPath) ? Math.floor(statSync(rowsPath).size / (dimension * 4)) : 0;
  if (rowsThere >= n && existsSync(queriesPath)) return;
  const vectors = await source.open(request);
  extendRows(rowsPath, vectors, { rowsThere, n, dimension }, onProgress);
  writeWhole(queriesPath, vectors.queries(queryCount));
}

async function openAnswers(
  path: string,
  request: ExactRequest,
  onProgress: CacheProgress,
): Promise<ExactAnswers> {
  const places = (request.queries.length / request.dimension) * neighborCount;
  if (!existsSync(path)) {
    const { neighbors, ofGroup } = await exactNeighbors(request, (share) =>
      onProgress(`exact neighbors among ${request.n} rows`, share),
    );
    const both = new Int32Array(2 * places);
    both.set(neighbors);
    both.set(ofGroup, places);
    writeWhole(path, both);
  }
  const bytes = Uint8Array.from(readFileSync(path));
  const both = new Int32Array(bytes.buffer);
  return { neighbors: both.subarray(0, places), ofGroup: both.subarray(places) };
}

function checkRequest(source: DataSource, { n, dimension, queryCount }: DataSetRequest): void {
  const { name } = source;
  if (source.dimension !== undefined && source.dimension !== dimension) {
    throw new DataUnavailable(`${name} has ${source.dimension} dimensions, not ${dimension}.`);
  }
  if (n > source.rowCountMax) throw new DataUnavailable(`${name} has ${source.rowCountMax} rows, not ${n}.`);
  if (queryCount > source.queryCountMax) {
    throw new DataUnavailable(`${name} has ${source.queryCountMax} queries, not ${queryCount}.`);
  }
  if (n < neighborCount)
    throw new DataUnavailable(`${n} rows are fewer than the ${neighborCount} neighbors of a query.`);
}

function folderOf(
  source: DataSource,
  { dimension, seed, cacheFolder = defaultCacheFolder }: DataSetRequest,
): string {
  const generated = source.dimension === undefined ? `-s${seed}` : "";
  return join(cacheFolder, `${source.name}-${dimension}${generated}-v${source.version}`);
}

/** Writes the rows that are missing, beginning with a whole block, because blocks are made from seeds of their own. */
function extendRows(
  path: string,
  vectors: SourceVectors,
  { rowsThere, n, dimension }: { rowsThere: number; n: number; dimension: number },
  onProgress: CacheProgress,
): void {
  if (rowsThere >= n) return;
  const file = openSync(path, existsSync(path) ? "r+" : "w");
  try {
    const begin = Math.floor(rowsThere / sourceBlockRows) * sourceBlockRows;
    for (let from = begin; from < n; from += sourceBlockRows) {
      const rows = vectors.rows(from, Math.min(n, from + sourceBlockRows));
      writeSync(file, bytesOf(rows), 0, rows.byteLength, from * dimension * 4);
      onProgress(`rows of ${dimension} dimensions up to ${n}`, Math.min(1, (from + sourceBlockRows) / n));
    }
  } finally {
    closeSync(file);
  }
}

/** Beside and renamed, so that a file of this name is never half written. */
function writeWhole(path: string, values: Float32Array | Int32Array): void {
  const beside = `${path}.${process.pid}`;
  writeFileSync(beside, bytesOf(values));
  renameSync(beside, path);
}

function bytesOf(values: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function filteredRows(n: number, seed: number): Omit<FilteredAnswers, "neighbors"> {
  let rowCount = 0;
  for (let row = 0; row < n; row++) if (groupOf(row, seed) === filteredGroup) rowCount++;
  return { group: filteredGroup, rowCount, share: rowCount / n };
}
