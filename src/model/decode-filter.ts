// Decoding of filters into a checked tree, with the place of every fault. Here are the operators that join, negate and
// nest; what one field or id is tested for is in decode-field-test.ts and decode-id-test.ts.

import { AssertionError } from "node:assert";
import type { FieldTest, FilterNode, IdTest, MetadataPath, PatternTest } from "./filter-tree.js";
import { OmenError } from "../base/omen-error.js";
import { fieldTests, type TestDecoder } from "./decode-field-test.js";
import { decodeEquality, decodeList, isDateValue } from "./decode-filter-value.js";
import { decodeId } from "./decode-id.js";
import { idTests } from "./decode-id-test.js";
import { within } from "./decode-object.js";
import { FilterBudget } from "./filter-budget.js";
import { filterUnreadable, misplacedOptions, nestedObject, unknownOperator } from "./filter-errors.js";
import { invalidInput, isPlainObject } from "./invalid-input.js";
import { limits } from "./limits.js";
import { decodeMetadataPath } from "./metadata-path.js";

/**
 * Decodes an optional filter. Throws `filter_type`, `filter_value`, `filter_operator`, `filter_depth`,
 * `filter_too_large`, `filter_pattern`, `filter_unreadable`, `metadata_path`, and what decoding ids and places throws.
 */
export function decodeFilter(value: unknown, field: string): FilterNode | undefined {
  if (value === undefined) return undefined;
  try {
    return new FilterDecoder().filter(value, { field, depth: 1, isElement: false });
  } catch (error) {
    if (error instanceof OmenError || error instanceof AssertionError) throw error;
    // Reading the filter runs code of the caller's own where it has getters or is a proxy.
    throw filterUnreadable(field, error);
  }
}

/** Where a part of the filter stands. */
interface Place {
  readonly field: string;
  /** Objects around it, itself included. */
  readonly depth: number;
  /** Whether it speaks of an element of `$elemMatch`, which has no id. */
  readonly isElement: boolean;
}

/** What operators speak of: the value at a path, or the id. */
interface Subject<Test> {
  readonly tests: ReadonlyMap<string, TestDecoder<Test>>;
  readonly node: (test: Test | PatternTest) => FilterNode;
  /** Operators that are no single test. */
  readonly others: ReadonlyMap<string, (operand: unknown, place: Place) => FilterNode>;
}

type PlainObject = Readonly<Record<string, unknown>>;

const negated: ReadonlyMap<string, string> = new Map([
  ["$ne", "$eq"],
  ["$nin", "$in"],
]);

const shownKeyLengthMax = 80;

class FilterDecoder {
  readonly #budget = new FilterBudget();

  filter(value: unknown, place: Place): FilterNode {
    const given = plainObject(value, place, "An object of metadata fields and conditions is needed.");
    return all(
      Object.keys(given).map((key) => {
        const at = inside(place, within(place.field, shownKey(key)));
        const condition = given[key];
        this.#budget.takeNode(condition, at.field);
        if (key.startsWith("$")) return this.#joined(key, condition, at);
        return this.#field(decodeMetadataPath(key, at.field), condition, at);
      }),
    );
  }

  #joined(operator: string, operand: unknown, place: Place): FilterNode {
    switch (operator) {
      case "$and":
        return all(this.#filters(operand, place));
      case "$or":
        return { kind: "or", parts: this.#filters(operand, place) };
      case "$nor":
        return not({ kind: "or", parts: this.#filters(operand, place) });
      case "$not":
        return not(this.filter(operand, place));
      case "$id":
        if (!place.isElement) return this.#id(operand, place);
        throw unknownOperator(place.field, operator, "An element of an array has no id.");
      default:
        throw unknownOperator(place.field, operator, topHint(operator));
    }
  }

  #filters(value: unknown, place: Place): FilterNode[] {
    const list = decodeList(value, place.field);
    if (list.length === 0)
      throw invalidInput("filter_value", place.field, value, "At least one filter is needed.");
    const parts: FilterNode[] = [];
    for (let i = 0; i < list.length; i++) {
      const part = list[i];
      const at = `${place.field}[${i}]`;
      this.#budget.takeNode(part, at);
      parts.push(this.filter(part, { ...place, field: at }));
    }
    return parts;
  }

  /** A field with a value, or with operators. */
  #field(path: MetadataPath, value: unknown, place: Place): FilterNode {
    if (isPlainObject(value) && !isDateValue(value))
      return this.#operators(value, place, this.#subject(path));
    return { kind: "field", path, test: decodeEquality(value, place.field) };
  }

  /** The id with a value, or with operators. */
  #id(value: unknown, place: Place): FilterNode {
    const subject: Subject<IdTest> = {
      tests: idTests,
      node: (test) => ({ kind: "id", test }),
      others: new Map(),
    };
    if (isPlainObject(value)) return this.#operators(value, place, subject);
    return subject.node({ kind: "in", ids: new Set([decodeId(value, place.field)]) });
  }

  #subject(path: MetadataPath): Subject<FieldTest> {
    const node = (test: FieldTest): FilterNode => ({ kind: "field", path, test });
    return {
      tests: fieldTests,
      node,
      others: new Map([
        ["$exists", (operand, { field }) => decodeExists(operand, field, node({ kind: "exists" }))],
        ["$all", (operand, { field }) => all(this.#equalities(operand, field).map(node))],
        ["$elemMatch", (operand, place) => node(this.#element(operand, place))],
      ]),
    };
  }

  #operators<Test>(value: unknown, place: Place, subject: Subject<Test>): FilterNode {
    const given = plainObject(value, place, "An object of operators is needed.");
    const keys = Object.keys(given);
    if (!keys.some((key) => key.startsWith("$"))) throw nestedObject(given, place.field);
    const parts: FilterNode[] = [];
    for (const operator of keys) {
      const at = inside(place, within(place.field, shownKey(operator)));
      const operand = given[operator];
      this.#budget.takeNode(operand, at.field);
      if (operator !== "$options") parts.push(this.#operator(operator, operand, { given, at, subject }));
      else if (!Object.hasOwn(given, "$regex")) throw misplacedOptions(operand, at.field);
    }
    return all(parts);
  }

  #operator<Test>(
    operator: string,
    operand: unknown,
    {
      given,
      at,
      subject,
    }: { readonly given: PlainObject; readonly at: Place; readonly subject: Subject<Test> },
  ): FilterNode {
    const { field } = at;
    if (operator === "$not") return not(this.#operators(operand, at, subject));
    if (operator === "$regex") {
      const optionsField = field.replace(/\$regex$/, "$$options");
      const pattern = this.#budget.takePattern(operand, given["$options"], { field, optionsField });
      return subject.node({ kind: "pattern", pattern });
    }
    const other = subject.others.get(operator);
    if (other !== undefined) return other(operand, at);
    const positive = negated.get(operator);
    const decode = subject.tests.get(positive ?? operator);
    if (decode === undefined) throw unknownOperator(field, operator, knownOperators(subject));
    const node = subject.node(decode(operand, field, this.#budget));
    return positive === undefined ? node : not(node);
  }

  /** Each value is a condition of its own, and counted as one. */
  #equalities(operand: unknown, field: string): FieldTest[] {
    const list = decodeList(operand, field);
    if (list.length === 0)
      throw invalidInput("filter_value", field, operand, "At least one value is needed.");
    const tests: FieldTest[] = [];
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      const at = `${field}[${i}]`;
      this.#budget.takeNode(value, at);
      tests.push(decodeEquality(value, at));
    }
    return tests;
  }

  /** Operators look at every element, a filter on fields only at those that are objects. */
  #element(operand: unknown, outside: Place): FieldTest {
    const place = { ...outside, isElement: true };
    const subject = this.#subject([]);
    if (isPlainObject(operand) && isOperatorObject(operand, subject)) {
      return { kind: "element", elements: "all", filter: this.#operators(operand, place, subject) };
    }
    return { kind: "element", elements: "objects", filter: this.filter(operand, place) };
  }
}

/** Checks what every object of a filter must be: plain, without symbols, and not too deep; a cycle is deeper than any. */
function plainObject(value: unknown, { field, depth }: Place, wanted: string): PlainObject {
  if (!isPlainObject(value) || Object.getOwnPropertySymbols(value).length > 0) {
    throw invalidInput("filter_type", field, value, wanted);
  }
  if (depth <= limits.filterDepthMax) return value;
  const message = `A filter has at most ${limits.filterDepthMax} levels of objects, and may not contain itself.`;
  throw invalidInput("filter_depth", field, value, message);
}

function inside(place: Place, field: string): Place {
  return { ...place, field, depth: place.depth + 1 };
}

/** A key in the place of an error; callers may name fields by megabytes. */
function shownKey(key: string): string {
  return key.length > shownKeyLengthMax ? `${key.slice(0, shownKeyLengthMax)}…` : key;
}

function all(parts: readonly FilterNode[]): FilterNode {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind: "and", parts };
}

function not(part: FilterNode): FilterNode {
  return { kind: "not", part };
}

function decodeExists(operand: unknown, field: string, node: FilterNode): FilterNode {
  if (operand === true) return node;
  if (operand === false) return not(node);
  throw invalidInput("filter_value", field, operand, "true or false is needed.");
}

function isOperatorObject(value: PlainObject, subject: Subject<FieldTest>): boolean {
  const keys = Object.keys(value);
  return keys.length > 0 && keys.every((key) => operatorsOf(subject).has(key));
}

function operatorsOf<Test>({ tests, others }: Subject<Test>): ReadonlySet<string> {
  return new Set([...tests.keys(), ...others.keys(), ...negated.keys(), "$regex", "$options", "$not"]);
}

function knownOperators<Test>(subject: Subject<Test>): string {
  return `The operators are ${[...operatorsOf(subject)].join(", ")}.`;
}

function topHint(operator: string): string {
  const joining = "Beside paths of metadata there are $and, $or, $nor, $not and $id here";
  const isFieldOperator = fieldTests.has(operator) || negated.has(operator) || operator === "$exists";
  if (isFieldOperator) return `${joining}; ${operator} belongs into a field: { field: { ${operator}: … } }.`;
  return `${joining}; write "\\$" for a key that begins with a dollar sign.`;
}
