// One thing that a verification found wrong, as plain data that JSON holds. docs/reference/verify.md lists the kinds.

import type { PointId } from "./point.js";

/** What is wrong. */
export type CheckProblemKind =
  | "catalog_damaged"
  | "folder_missing"
  | "folder_unnamed"
  | "store_missing"
  | "store_damaged"
  | "store_crashed"
  | "store_silent"
  | "store_oversized"
  | "page_damaged"
  | "table_missing"
  | "table_disordered"
  | "meta_damaged"
  | "keys_missing"
  | "record_damaged"
  | "record_missing"
  | "record_stray"
  | "checkpoint_damaged"
  | "checkpoint_ahead"
  | "row_missing"
  | "row_stray"
  | "code_wrong"
  | "link_wrong"
  | "row_unreachable"
  | "recall_low"
  | "metadata_wrong";

/** An id in a report: integers that a number does not hold are written out. */
export type CheckedId = string | number | { readonly integer: string };

/** Something that is wrong, in one place. */
export interface CheckProblem {
  readonly kind: CheckProblemKind;
  /**
   * What helps. `derived`: nothing is lost, for it is made anew from the points, by repairing or by opening again. `lost`: the
   * points themselves are damaged; restore a backup, or repair to save what is whole.
   */
  readonly remedy: "derived" | "lost";
  /** The collection; `null` where it is none's, or not known whose. */
  readonly collection: string | null;
  /** A table of the store (`points`, `ids`, `vectors/0`, …), a file, or an index (`index-0`, `metadata`). */
  readonly place: string;
  readonly row?: number;
  readonly id?: CheckedId;
  /** How many of this kind there are in this place, those told one by one included. */
  readonly count: number;
  /** A sentence for people. */
  readonly detail: string;
}

/** An id in the form in which JSON holds it. */
export function checkedId(id: PointId): CheckedId {
  return typeof id === "bigint" ? { integer: String(id) } : id;
}

/** The first of a kind in a place are told one by one; of the rest there is the count. */
const toldMax = 20;

/** What is found, before it is known in which collection. */
export type Finding = Omit<CheckProblem, "count" | "collection">;

/** Gathers findings: a few of each kind in each place, and how many there are. */
export class Findings {
  readonly #byKind = new Map<string, { readonly told: Finding[]; count: number }>();

  add(finding: Finding, count = 1): void {
    const key = `${finding.kind} ${finding.place}`;
    const same = this.#byKind.get(key) ?? { told: [], count: 0 };
    this.#byKind.set(key, same);
    same.count += count;
    if (same.told.length < toldMax) same.told.push(finding);
  }

  /** All of it for one collection. */
  problems(collection: string | null): CheckProblem[] {
    return [...this.#byKind.values()].flatMap(({ told, count }) =>
      told.map((finding) => ({ ...finding, collection, count })),
    );
  }
}
