// Checks a collection that is open: the store, by another process; then what is derived from it, here, in slices between
// which reads and writes go on. Where the store is damaged in a way that may end a process, it is not read here.

import { Findings, type CheckProblem, type CheckProblemKind } from "../model/check-problem.js";
import type { CollectionCheck, MetadataCheck, VectorIndexCheck } from "../model/collection-check.js";
import type { ResolvedCollectionConfig } from "../model/collection-config.js";
import type { ResolvedVerifyOptions } from "../model/decode-verify.js";
import type { StoreFindings } from "../store/check-store.js";
import type { VectorIndex } from "../vector/vector-index.js";
import { checkCheckpoints } from "./checkpoint-checking.js";
import { corruptionOf } from "./corruption.js";
import { checkIndex, type SliceRunner } from "./index-checking.js";
import type { IndexedSources } from "./indexed-sources.js";
import { checkMetadata } from "./metadata-checking.js";
import type { MetadataFilling } from "./metadata-filling.js";
import { checkPoints } from "./point-checking.js";
import { runInSlices } from "./time-slices.js";

/** What is checked. */
export interface CheckedCollection extends IndexedSources {
  readonly name: string;
  readonly config: ResolvedCollectionConfig;
  readonly indexes: readonly VectorIndex[];
  readonly filling: MetadataFilling;
  /** Where checkpoints are; `undefined` in memory. */
  readonly folder: string | undefined;
  /** Throws once the collection is closed or dropped. */
  readonly assertOpen: () => void;
  readonly whenEnded: Promise<void>;
}

/** Damage of which the next read may end this process. */
const unreadable: ReadonlySet<CheckProblemKind> = new Set<CheckProblemKind>([
  "store_missing",
  "store_damaged",
  "store_crashed",
  "store_silent",
  "store_oversized",
  "table_missing",
  "table_disordered",
]);

/** How often a caller is told how far the work is. */
const tellMs = 100;

/** Checks every part of a collection. */
export async function checkCollection(
  collection: CheckedCollection,
  options: ResolvedVerifyOptions,
): Promise<CollectionCheck> {
  const { name, config, store, folder } = collection;
  const findings = new Findings();
  const unchecked: string[] = [];
  const { check, problems } = await checkPart(collection, options);
  if (!check.isChecked) unchecked.push("store: a table could not be read to its end");
  const sequence = (): number => store.state.sequence;
  const checkpoints =
    folder === undefined ? [] : await checkCheckpoints({ folder, config, sequence }, findings);
  let derived: DerivedChecks = { indexes: [], metadata: metadataUnchecked };
  if (problems.some(({ kind }) => unreadable.has(kind))) {
    unchecked.push("indexes and metadata: the store cannot be read without danger to this process");
  } else derived = await checkDerived(collection, { options, findings, unchecked });
  const all: CheckProblem[] = [
    ...problems.map((problem) => ({ ...problem, collection: name })),
    ...findings.problems(name),
  ];
  const isSound = all.length === 0 && unchecked.length === 0;
  return { name, isSound, problems: all, unchecked, store: check, checkpoints, ...derived };
}

const metadataUnchecked: MetadataCheck = Object.freeze({
  isChecked: false,
  checkedPoints: 0,
  missingPoints: 0,
  strayPoints: 0,
  problems: [],
});

async function checkPart(
  { name, config, store, assertOpen }: CheckedCollection,
  { onProgress, limits }: ResolvedVerifyOptions,
): Promise<StoreFindings> {
  if (store.check === undefined) {
    const dimensions = config.fields.map((field) => field.dimension);
    const run = sliceRunner({ collection: name, part: "store", onProgress, assertOpen });
    return run(checkPoints(store, dimensions));
  }
  return store.check({
    limits,
    onProgress: (done) => {
      assertOpen();
      onProgress({ collection: name, part: "store", done });
    },
  });
}

type DerivedChecks = Pick<CollectionCheck, "indexes" | "metadata">;

interface Report {
  readonly options: ResolvedVerifyOptions;
  readonly findings: Findings;
  readonly unchecked: string[];
}

async function checkDerived(collection: CheckedCollection, report: Report): Promise<DerivedChecks> {
  const indexes = await checkIndexes(collection, report);
  return { indexes, metadata: await checkFilledMetadata(collection, report) };
}

async function checkIndexes(
  { name, config, store, indexes, assertOpen }: CheckedCollection,
  { options, findings, unchecked }: Report,
): Promise<VectorIndexCheck[]> {
  const checks: VectorIndexCheck[] = [];
  const { onProgress } = options;
  const run = sliceRunner({ collection: name, part: "index", onProgress, assertOpen });
  for (const [field, { name: fieldName, dimension }] of config.fields.entries()) {
    const checked = { index: indexes[field]!, store, field, name: fieldName, dimension };
    try {
      checks.push(await checkIndex(checked, run, findings));
    } catch (error) {
      unchecked.push(`index-${field}: ${damageIn(error)}`);
    }
  }
  return checks;
}

/** What damage kept a part from being looked at; throws any other error. */
function damageIn(error: unknown): string {
  const message = corruptionOf(error);
  if (message === undefined) throw error;
  return message;
}

async function checkFilledMetadata(
  collection: CheckedCollection,
  { options, findings, unchecked }: Report,
): Promise<MetadataCheck> {
  const { name, filling, whenEnded, assertOpen } = collection;
  await Promise.race([filling.whenDone(), whenEnded]);
  assertOpen();
  let check = metadataUnchecked;
  try {
    check = await checkMetadata(collection, assertOpen);
  } catch (error) {
    unchecked.push(`metadata: ${damageIn(error)}`);
    return check;
  }
  options.onProgress({ collection: name, part: "metadata", done: check.checkedPoints });
  if (!check.isChecked)
    unchecked.push("metadata: the index is being filled, or is out of use after a failed write");
  tellMetadata(check, findings);
  return check;
}

function tellMetadata({ missingPoints, strayPoints, problems }: MetadataCheck, findings: Findings): void {
  const add = (detail: string, count: number): void => {
    if (count > 0)
      findings.add({ kind: "metadata_wrong", remedy: "derived", place: "metadata", detail }, count);
  };
  add(`The index over metadata does not know ${missingPoints} points.`, missingPoints);
  add(`The index over metadata has ${strayPoints} points that are none.`, strayPoints);
  for (const { path, wrongRows, strayRows } of problems) {
    const detail = `The index over metadata is wrong at ${path}: ${wrongRows} points and ${strayRows} rows without one.`;
    add(detail, wrongRows + strayRows);
  }
}

interface Slices {
  readonly collection: string;
  readonly part: string;
  readonly onProgress: ResolvedVerifyOptions["onProgress"];
  readonly assertOpen: () => void;
}

function sliceRunner({ collection, part, onProgress, assertOpen }: Slices): SliceRunner {
  return async (work) => {
    let toldMs = performance.now();
    return runInSlices(work, (done) => {
      assertOpen();
      if (performance.now() - toldMs < tellMs) return;
      toldMs = performance.now();
      onProgress({ collection, part, done });
    });
  };
}
