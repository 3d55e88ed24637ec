// Which paths of a filter no index knows: points are read to judge them.

import type { FilterNode, MetadataPath } from "../model/filter-tree.js";

/** Paths for which `isKnown` is false, each once, in the order of the filter. */
export function unindexedPaths(node: FilterNode, isKnown: (path: MetadataPath) => boolean): MetadataPath[] {
  const found = new Map<string, MetadataPath>();
  collect(node, [], (path) => {
    if (!isKnown(path)) found.set(JSON.stringify(path), path);
  });
  return [...found.values()];
}

function collect(node: FilterNode, within: MetadataPath, tell: (path: MetadataPath) => void): void {
  if (node.kind === "and" || node.kind === "or") {
    for (const part of node.parts) collect(part, within, tell);
  } else if (node.kind === "not") {
    collect(node.part, within, tell);
  } else if (node.kind === "field") {
    const path = [...within, ...node.path];
    tell(path);
    if (node.test.kind === "element") collect(node.test.filter, path, tell);
  }
}
