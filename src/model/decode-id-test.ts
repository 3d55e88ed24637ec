// The operators of `$id` that stand for one test: what each takes, and the test that it becomes.

import type { IdTest } from "./filter-tree.js";
import type { TestDecoder } from "./decode-field-test.js";
import { comparisons } from "./decode-field-test.js";
import { decodeList, decodeText } from "./decode-filter-value.js";
import { decodeId, decodeIds } from "./decode-id.js";

/** The tests of ids, by operator. */
export const idTests: ReadonlyMap<string, TestDecoder<IdTest>> = new Map<string, TestDecoder<IdTest>>([
  ["$eq", (operand, field) => ({ kind: "in", ids: new Set([decodeId(operand, field)]) })],
  [
    "$in",
    (operand, field, budget) => {
      budget.takeValues(decodeList(operand, field), field);
      return { kind: "in", ids: new Set(decodeIds(operand, field)) };
    },
  ],
  ...Object.entries(comparisons).map(([operator, comparison]): [string, TestDecoder<IdTest>] => [
    operator,
    (operand, field) => ({ kind: "range", comparison, bound: decodeId(operand, field) }),
  ]),
  ["$startsWith", (operand, field) => ({ kind: "prefix", prefix: decodeText(operand, field) })],
]);
