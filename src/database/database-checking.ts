// Verifies a database that is open: the catalogue, then each collection. One that cannot be opened is read by another
// process, so that what is wrong with it is told and not only that something is.

import { OmenError } from "../base/omen-error.js";
import type { EmbeddedCollection } from "../collection/collection.js";
import type { CheckProblem } from "../model/check-problem.js";
import type { CollectionCheck } from "../model/collection-check.js";
import type { DatabaseCheck, VerifyOptions } from "../model/database-check.js";
import type { ResolvedVerifyOptions } from "../model/decode-verify.js";
import type { Backing } from "./backing.js";

/** What is verified. */
export interface CheckedDatabase {
  readonly backing: Backing;
  readonly open: (name: string) => Promise<EmbeddedCollection>;
  /** Runs a task while the catalogue does not change. */
  readonly change: <Result>(task: () => Promise<Result>) => Promise<Result>;
  /** Throws once the database is closed. */
  readonly assertOpen: () => void;
}

/** Verifies everything. */
export async function checkDatabase(
  database: CheckedDatabase,
  options: ResolvedVerifyOptions,
): Promise<DatabaseCheck> {
  const { backing, change, assertOpen } = database;
  options.onProgress({ collection: null, part: "catalog", done: 0 });
  const problems = [...((await change(async () => backing.checkCatalog?.(options.limits))) ?? [])];
  const unchecked: string[] = [];
  const collections: CollectionCheck[] = [];
  for (const name of backing.names()) {
    assertOpen();
    const check = await checkNamed(database, name, options);
    if (check === undefined) continue;
    if (check.kind === "opened") collections.push(check.check);
    else unchecked.push(`${name}: the collection cannot be opened`);
    problems.push(...(check.kind === "opened" ? check.check.problems : check.problems));
  }
  unchecked.push(...collections.flatMap((check) => check.unchecked.map((part) => `${check.name}: ${part}`)));
  const isSound = problems.length === 0 && unchecked.length === 0;
  return { path: backing.path, isSound, problems, unchecked, collections };
}

type NamedCheck =
  | { readonly kind: "opened"; readonly check: CollectionCheck }
  | { readonly kind: "closed"; readonly problems: readonly CheckProblem[] };

/** `undefined` for a collection that was dropped meanwhile. */
async function checkNamed(
  { backing, open }: CheckedDatabase,
  name: string,
  options: ResolvedVerifyOptions,
): Promise<NamedCheck | undefined> {
  try {
    const collection = await open(name);
    return { kind: "opened", check: await collection.verify(asGiven(options)) };
  } catch (error) {
    if (!(error instanceof OmenError)) throw error;
    if (error.kind === "not_found") return undefined;
    if (error.kind !== "corrupt") throw error;
    return { kind: "closed", problems: await closedProblems(backing, name, { options, error }) };
  }
}

function asGiven({ onProgress, limits }: ResolvedVerifyOptions): VerifyOptions {
  return { onProgress, ...limits };
}

async function closedProblems(
  backing: Backing,
  collection: string,
  { options, error }: { readonly options: ResolvedVerifyOptions; readonly error: OmenError },
): Promise<CheckProblem[]> {
  const { limits, onProgress } = options;
  const found = await backing.checkStore?.(collection, {
    limits,
    onProgress: (done) => onProgress({ collection, part: "store", done }),
  });
  const problems = (found?.problems ?? []).map((problem) => ({ ...problem, collection }));
  if (problems.length > 0) return problems;
  const { message: detail } = error;
  return [{ kind: "store_damaged", remedy: "lost", collection, place: "data.mdb", count: 1, detail }];
}
