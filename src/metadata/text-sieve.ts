// What a filter can tell from the JSON text of metadata without parsing it: that the point cannot match. Metadata is
// written by JSON.stringify alone, so a key or a scalar has one form in the text.

import type { FieldNode, FilterNode } from "../model/filter-tree.js";
import { isWellFormed } from "../model/decode-name.js";

/** False only if no metadata of this text can match. */
export type TextSieve = (text: string) => boolean;

/** Looking for each value of a longer list costs more than parsing does. */
const valuesMax = 4;

/** The sieve of a filter; `undefined` where the text tells nothing. */
export function compileSieve(node: FilterNode): TextSieve | undefined {
  switch (node.kind) {
    case "and":
      return every(node.parts.map(compileSieve).filter((sieve) => sieve !== undefined));
    case "or": {
      const sieves = node.parts.map(compileSieve);
      return sieves.every((sieve) => sieve !== undefined) ? some(sieves) : undefined;
    }
    case "field":
      return compileFieldSieve(node);
    case "not":
    case "id":
      return undefined;
    default:
      return node satisfies never;
  }
}

function compileFieldSieve({ path, test }: FieldNode): TextSieve | undefined {
  const sieves = path.map((key) => includes(`${JSON.stringify(key)}:`));
  if (test.kind === "element") {
    const within = compileSieve(test.filter);
    if (within !== undefined) sieves.push(within);
  }
  if (test.kind === "in" && test.instants.size === 0 && test.values.size <= valuesMax) {
    sieves.push(some([...test.values].map((value) => includes(JSON.stringify(value)))));
  }
  // Half a surrogate pair is escaped, but not once its other half follows.
  if (test.kind === "prefix" && isWellFormed(test.prefix)) {
    sieves.push(includes(JSON.stringify(test.prefix).slice(0, -1)));
  }
  return every(sieves);
}

function includes(part: string): TextSieve {
  return (text) => text.includes(part);
}

function every(sieves: readonly TextSieve[]): TextSieve | undefined {
  const [only] = sieves;
  if (sieves.length <= 1) return only;
  return (text) => {
    for (const sieve of sieves) if (!sieve(text)) return false;
    return true;
  };
}

function some(sieves: readonly TextSieve[]): TextSieve {
  return (text) => {
    for (const sieve of sieves) if (sieve(text)) return true;
    return false;
  };
}
