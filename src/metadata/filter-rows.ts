// From a filter to the rows that may pass it, by the indexes of its fields.

import type { ElementTest, FieldNode, FilterNode, IdTest, MetadataPath } from "../model/filter-tree.js";
import type { FieldIndex } from "./field-index.js";
import { type CandidateRows, rowsPassing } from "./field-rows.js";
import { intersect, subtract, unite } from "./row-algebra.js";
import { RowSet } from "./row-set.js";

/** What candidates are found with. */
export interface FilterSources {
  /** Every row that holds a point. */
  readonly all: RowSet;
  /** The index of a path: `"empty"` where no point has anything there, `"unknown"` where there is none. */
  readonly indexAt: (path: MetadataPath) => FieldIndex | "empty" | "unknown";
  /** Rows whose id passes; `undefined` if that is to be judged point by point. Ids are the business of the caller. */
  readonly rowsOfIds: (test: IdTest) => RowSet | undefined;
}

/** Rows of which none that passes the filter is missing. */
export function candidateRows(node: FilterNode, sources: FilterSources): CandidateRows {
  switch (node.kind) {
    case "and":
      return joinAll(
        node.parts.map((part) => candidateRows(part, sources)),
        sources,
      );
    case "or":
      return joinAny(node.parts.map((part) => candidateRows(part, sources)));
    case "not": {
      const { rows, isExact } = candidateRows(node.part, sources);
      return isExact ? { rows: subtract(sources.all, rows), isExact } : { rows: sources.all, isExact };
    }
    case "field":
      return fieldRows(node, sources);
    case "id": {
      const rows = sources.rowsOfIds(node.test);
      return { rows: rows ?? sources.all, isExact: rows !== undefined };
    }
    default:
      return node satisfies never;
  }
}

function joinAll(parts: readonly CandidateRows[], { all }: FilterSources): CandidateRows {
  if (parts.length === 0) return { rows: all, isExact: true };
  return { rows: intersect(parts.map(({ rows }) => rows)), isExact: parts.every(({ isExact }) => isExact) };
}

function joinAny(parts: readonly CandidateRows[]): CandidateRows {
  return { rows: unite(parts.map(({ rows }) => rows)), isExact: parts.every(({ isExact }) => isExact) };
}

function fieldRows({ path, test }: FieldNode, sources: FilterSources): CandidateRows {
  const index = sources.indexAt(path);
  if (index === "unknown") return { rows: sources.all, isExact: false };
  if (index === "empty") return { rows: new RowSet(), isExact: true };
  if (test.kind !== "element") return rowsPassing(index, test);
  return { rows: elementRows(index, path, test, sources), isExact: false };
}

/** One element must meet all at once, of which an index knows only that the row has it somewhere. */
function elementRows(
  index: FieldIndex,
  path: MetadataPath,
  { elements, filter }: ElementTest,
  sources: FilterSources,
): RowSet {
  const { rows } = candidateRows(outside(filter, path), sources);
  const found = intersect([index.existing, rows]);
  // What is in an array within an array is in no index.
  return elements === "objects" ? found : unite([found, index.withNestedArray]);
}

/** A filter on elements as one on points that lets through no less: paths from the top, and no negations. */
function outside(node: FilterNode, path: MetadataPath): FilterNode {
  switch (node.kind) {
    case "and":
    case "or":
      return { kind: node.kind, parts: node.parts.map((part) => outside(part, path)) };
    case "field":
      return { ...node, path: [...path, ...node.path] };
    case "not":
    case "id":
      return { kind: "and", parts: [] };
    default:
      return node satisfies never;
  }
}
