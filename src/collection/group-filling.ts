// Which groups the hits of a search make, and whether anything is missing in them.

import type { FilterScalar } from "../model/filter.js";

/** A hit by its row, with the values that say which groups it is in. */
export interface SeenRow {
  readonly row: number;
  readonly score: number;
  readonly values: readonly FilterScalar[];
}

/** Groups in the order of their best hits, each with its best hits in their order. */
export type Groups = ReadonlyMap<FilterScalar, readonly SeenRow[]>;

/** How many groups are wanted, of how many hits each. */
export interface GroupsWanted {
  readonly groups: number;
  readonly perGroup: number;
}

/** The groups that hits make; the hits come best first. */
export function groupsOf(seen: readonly SeenRow[], wanted: GroupsWanted): Groups {
  const groups = new Map<FilterScalar, SeenRow[]>();
  for (const hit of seen) {
    for (const value of hit.values) {
      const group = groups.get(value);
      if (group === undefined && groups.size < wanted.groups) groups.set(value, [hit]);
      else if (group !== undefined && group.length < wanted.perGroup) group.push(hit);
    }
  }
  return groups;
}

/** The values of the groups that lack hits, or do not. */
export function valuesOf(groups: Groups, wanted: GroupsWanted, state: "full" | "short"): FilterScalar[] {
  return [...groups]
    .filter(([, hits]) => (hits.length === wanted.perGroup) === (state === "full"))
    .map(([value]) => value);
}

/** Whether there are as many groups and hits as wanted. */
export function isComplete(groups: Groups, wanted: GroupsWanted): boolean {
  return groups.size === wanted.groups && valuesOf(groups, wanted, "short").length === 0;
}
