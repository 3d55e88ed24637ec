// What the index of one field holds, by the kinds that were declared for it. Scalars that it does not hold are not lost: it
// notes the rows that have one, and they are judged by their metadata.

import type { FieldTest } from "../model/filter-tree.js";
import type { MetadataKind } from "../model/collection-config.js";
import type { FilterScalar } from "../model/filter.js";
import { instantOf } from "../model/instant.js";

/** What is held. Null always is. */
export interface FieldHoldings {
  readonly texts: "all" | "dates" | "none";
  readonly numbers: "all" | "integers" | "none";
  readonly booleans: "all" | "none";
  readonly places: "all" | "none";
  readonly words: "all" | "none";
}

/** What an index holds of a field for which no kind was declared: everything but words, which take the most memory. */
export const automaticHoldings: FieldHoldings = Object.freeze({
  texts: "all",
  numbers: "all",
  booleans: "all",
  places: "all",
  words: "none",
});

/** What these kinds hold together. */
export function holdingsOf(kinds: readonly MetadataKind[]): FieldHoldings {
  const has = (kind: MetadataKind): boolean => kinds.includes(kind);
  return {
    texts: has("keyword") ? "all" : has("date") ? "dates" : "none",
    numbers: has("float") ? "all" : has("integer") ? "integers" : "none",
    booleans: has("boolean") ? "all" : "none",
    places: has("geo") ? "all" : "none",
    words: has("text") ? "all" : "none",
  };
}

/** Whether the value is held, if there is room. */
export function holdsValue(holdings: FieldHoldings, value: FilterScalar): boolean {
  switch (typeof value) {
    case "string":
      return holdings.texts === "all" || (holdings.texts === "dates" && instantOf(value) !== undefined);
    case "number":
      return holdings.numbers === "all" || (holdings.numbers === "integers" && Number.isInteger(value));
    case "boolean":
      return holdings.booleans === "all";
    default:
      return true;
  }
}

/** Whether no value that is not held can pass the test. */
export function holdsAllFor(
  holdings: FieldHoldings,
  test: Exclude<FieldTest, { readonly kind: "element" }>,
): boolean {
  switch (test.kind) {
    case "exists":
    case "size":
      return true;
    case "in":
      return (
        (test.instants.size === 0 || holdings.texts !== "none") &&
        [...test.values].every((value) => holdsValue(holdings, value))
      );
    case "number":
      return holdings.numbers === "all";
    case "instant":
      return holdings.texts !== "none";
    case "text":
    case "prefix":
    case "pattern":
      return holdings.texts === "all";
    case "words":
      return holdings.words === "all" || holdings.texts === "all";
    case "radius":
    case "box":
    case "polygon":
      return holdings.places === "all";
    default:
      return test satisfies never;
  }
}
