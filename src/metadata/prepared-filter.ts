// A filter made ready for points as the store has them: metadata is parsed only where the answer depends on it.

import type { FilterNode } from "../model/filter-tree.js";
import type { PointId } from "../model/point.js";
import { parseMetadata } from "../model/decode-metadata.js";
import { compileFilter, type Matcher } from "./filter-matcher.js";
import { compileSieve, type TextSieve } from "./text-sieve.js";

/** What of a point a filter looks at; metadata is JSON text. */
export interface FilteredPoint {
  readonly id: PointId;
  readonly metadata: string;
}

export class PreparedFilter {
  readonly #matches: Matcher;
  readonly #sieve: TextSieve | undefined;
  readonly #readsMetadata: boolean;

  constructor(node: FilterNode) {
    this.#matches = compileFilter(node);
    this.#sieve = compileSieve(node);
    this.#readsMetadata = readsMetadata(node);
  }

  matches({ id, metadata }: FilteredPoint): boolean {
    if (!this.#readsMetadata) return this.#matches(null, id);
    if (this.#sieve !== undefined && !this.#sieve(metadata)) return false;
    return this.#matches(parseMetadata(metadata), id);
  }
}

function readsMetadata(node: FilterNode): boolean {
  switch (node.kind) {
    case "and":
    case "or":
      return node.parts.some(readsMetadata);
    case "not":
      return readsMetadata(node.part);
    case "field":
      return true;
    case "id":
      return false;
    default:
      return node satisfies never;
  }
}
