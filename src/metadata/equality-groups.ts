// Equalities at one path, gathered from the parts of a filter: where there are many, it is cheaper to look at what a
// point has there once than once for each of them.

import type { FilterScalar } from "../model/filter.js";
import type { FilterNode, MetadataPath } from "../model/filter-tree.js";

/** Fewer equalities are tested one by one. */
export const equalitiesMin = 8;

/** Many equalities at one path. */
export interface EqualityGroup {
  readonly path: MetadataPath;
  readonly wanted: FilterScalar[];
}

/** The parts of a filter: equalities by their path, and all that is left. */
export interface GroupedParts {
  readonly groups: readonly EqualityGroup[];
  readonly others: readonly FilterNode[];
}

/** Splits parts into groups of at least `equalitiesMin` equalities each, and all others. */
export function groupEqualities(parts: readonly FilterNode[]): GroupedParts {
  const byPath = new Map<string, EqualityGroup & { readonly nodes: FilterNode[] }>();
  const others: FilterNode[] = [];
  for (const node of parts) {
    if (node.kind !== "field" || node.test.kind !== "in" || !isEquality(node.test)) {
      others.push(node);
      continue;
    }
    const key = JSON.stringify(node.path);
    const group = byPath.get(key) ?? { path: node.path, wanted: [], nodes: [] };
    byPath.set(key, group);
    group.wanted.push(...node.test.values);
    group.nodes.push(node);
  }
  const groups = [...byPath.values()];
  return {
    groups: groups.filter(({ nodes }) => nodes.length >= equalitiesMin),
    others: others.concat(
      groups.filter(({ nodes }) => nodes.length < equalitiesMin).flatMap(({ nodes }) => nodes),
    ),
  };
}

function isEquality({
  values,
  instants,
}: {
  readonly values: ReadonlySet<unknown>;
  readonly instants: ReadonlySet<number>;
}): boolean {
  return values.size === 1 && instants.size === 0;
}
