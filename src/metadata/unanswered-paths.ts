// Which paths of a filter the index does not answer: there is none, or its kinds do not hold what is asked for. Points are read
// to judge them.

import type { FieldNode, FilterNode, MetadataPath } from "../model/filter-tree.js";
import type { FieldIndex } from "./field-index.js";
import { isLeftToPoints } from "./field-rows.js";

/**
 * Paths that are not answered, each once, in the order of the filter. What no kind of index tells, sizes and which conditions
 * one element meets together, is not counted against a field that has one.
 */
export function unansweredPaths(
  node: FilterNode,
  indexAt: (path: MetadataPath) => FieldIndex | "empty" | "unknown",
): MetadataPath[] {
  const found = new Map<string, MetadataPath>();
  collect(node, [], (path, test) => {
    const index = indexAt(path);
    if (index === "empty") return;
    if (index === "unknown" || (test.kind !== "element" && isLeftToPoints(index, test)))
      found.set(JSON.stringify(path), path);
  });
  return [...found.values()];
}

function collect(
  node: FilterNode,
  within: MetadataPath,
  tell: (path: MetadataPath, test: FieldNode["test"]) => void,
): void {
  if (node.kind === "and" || node.kind === "or") {
    for (const part of node.parts) collect(part, within, tell);
  } else if (node.kind === "not") {
    collect(node.part, within, tell);
  } else if (node.kind === "field") {
    const path = [...within, ...node.path];
    tell(path, node.test);
    if (node.test.kind === "element") collect(node.test.filter, path, tell);
  }
}
