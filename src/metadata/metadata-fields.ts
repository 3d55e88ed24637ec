// The fields that metadata has, as a tree of keys, each with its index; and what one point's metadata says in each of them.

import type { MetadataPath } from "../model/filter-tree.js";
import type { JsonObject, JsonValue } from "../model/point.js";
import type { MetadataKind } from "../model/collection-config.js";
import { wordsOf } from "../base/words.js";
import { FieldIndex, nestedArray, present } from "./field-index.js";
import { automaticHoldings, type FieldHoldings, holdingsOf } from "./field-kinds.js";
import { isArray } from "../model/json-value.js";

/** Fields that get an index by themselves, those that hold objects included. */
export const fieldsMax = 256;

/** Fields with kinds of their own, and whether all others that are seen have an index too. */
export interface DeclaredFields {
  readonly others: "all" | "none";
  readonly declared: readonly { readonly path: MetadataPath; readonly kinds: readonly MetadataKind[] }[];
}

/** Which fields have an index: all that are seen, those named, or those declared. */
export type WantedFields = "all" | readonly MetadataPath[] | DeclaredFields;

/** A field, and the fields within the objects that it holds. */
interface Field {
  readonly path: MetadataPath;
  readonly index: FieldIndex;
  readonly within: Map<string, Field>;
}

/** Where a field is looked for: at the top, or within another one. */
interface Parent {
  readonly fields: Map<string, Field>;
  readonly path: MetadataPath;
}

/**
 * What one point's metadata says: the index at a place of `indexes` gets the value at the same place. Texts are taken apart
 * into words here, because this is done ahead of the moment in which a write is shown.
 */
export interface MetadataFacts {
  readonly indexes: FieldIndex[];
  readonly values: JsonValue[];
  readonly words: { readonly index: FieldIndex; readonly words: readonly string[] }[];
}

export class MetadataFields {
  readonly #top = new Map<string, Field>();
  readonly #all: Field[] = [];
  /** Whether every field that was ever seen has an index. */
  #isComplete: boolean;

  /** What is held where it is not the same everywhere, by path. */
  readonly #holdingsAt = new Map<string, FieldHoldings>();
  readonly #otherHoldings: FieldHoldings;

  /** Opens an index for every field that is seen, or for those named or declared and the objects that hold them. */
  constructor(wanted: WantedFields) {
    const { others, declared } = declaredFields(wanted);
    this.#isComplete = others === "all";
    this.#otherHoldings = others === "all" || isNamed(wanted) ? automaticHoldings : holdingsOf([]);
    const kindsAt = new Map<string, MetadataKind[]>();
    for (const { path, kinds } of declared) {
      const key = JSON.stringify(path);
      // The same path may be written in two ways.
      kindsAt.set(key, [...(kindsAt.get(key) ?? []), ...kinds]);
    }
    for (const [key, kinds] of kindsAt) this.#holdingsAt.set(key, holdingsOf(kinds));
    const paths = isNamed(wanted) ? wanted : declared.map(({ path }) => path);
    for (const path of paths) this.#openAll(path);
  }

  #openAll(path: MetadataPath): void {
    let parent: Parent = { fields: this.#top, path: [] };
    for (const key of path) {
      const field = parent.fields.get(key) ?? this.#open(key, parent);
      parent = { fields: field.within, path: field.path };
    }
  }

  /** Whether every field that was ever seen has an index. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Whether there is no field and will never be one. */
  get isNothing(): boolean {
    return !this.#isComplete && this.#all.length === 0;
  }

  /** All fields in the order in which they were first seen. Those of an image may be asleep. */
  get all(): readonly { readonly path: MetadataPath; readonly index: FieldIndex }[] {
    return this.#all;
  }

  /** The index of a path, awake; `undefined` if nothing was ever seen there, or it is not indexed. */
  at(path: MetadataPath): FieldIndex | undefined {
    const index = this.#at(path);
    index?.wake();
    return index;
  }

  #at(path: MetadataPath): FieldIndex | undefined {
    let fields: ReadonlyMap<string, Field> | undefined = this.#top;
    let field: Field | undefined;
    for (const key of path) {
      field = fields?.get(key);
      fields = field?.within;
    }
    return field?.index;
  }

  /** The index of a path, which is opened if there is none: it is in an image of the same settings. */
  restored(path: MetadataPath): FieldIndex {
    this.#openAll(path);
    return this.#at(path)!;
  }

  /** Says that a field was left out, as that was so when an image was made. */
  setIncomplete(): void {
    this.#isComplete = false;
  }

  /** Takes metadata apart. Fields that are new get an index. */
  factsOf(metadata: JsonObject): MetadataFacts {
    const facts: MetadataFacts = { indexes: [], values: [], words: [] };
    this.#takeApart(metadata, { fields: this.#top, path: [] }, facts);
    return facts;
  }

  #takeApart(object: JsonObject, parent: Parent, facts: MetadataFacts): void {
    for (const key of Object.keys(object)) {
      const field = parent.fields.get(key) ?? this.#openSeen(key, parent);
      if (field !== undefined) this.#note(field, object[key]!, facts);
    }
  }

  /** What a path leads to counts by itself; of an array each element does, but for arrays in it. */
  #note(field: Field, value: JsonValue, facts: MetadataFacts): void {
    if (!isArray(value)) return this.#noteOne(field, value, facts);
    if (value.length === 0) this.#push(field, present, facts);
    for (const element of value) {
      if (isArray(element)) this.#push(field, nestedArray, facts);
      else this.#noteOne(field, element, facts);
    }
  }

  #noteOne(field: Field, value: Exclude<JsonValue, readonly JsonValue[]>, facts: MetadataFacts): void {
    this.#push(field, value, facts);
    if (typeof value === "object" && value !== null) {
      this.#takeApart(value, { fields: field.within, path: field.path }, facts);
    }
  }

  #push({ index }: Field, value: JsonValue, facts: MetadataFacts): void {
    facts.indexes.push(index);
    facts.values.push(value);
    if (index.words !== undefined && typeof value === "string")
      facts.words.push({ index, words: wordsOf(value) });
  }

  /** Once a field had to be left out, none is taken in any more: it would lack the points that came before. */
  #openSeen(key: string, parent: Parent): Field | undefined {
    if (this.#isComplete && this.#all.length < fieldsMax) return this.#open(key, parent);
    this.#isComplete = false;
    return undefined;
  }

  #open(key: string, parent: Parent): Field {
    const path = [...parent.path, key];
    const holdings = this.#holdingsAt.get(JSON.stringify(path)) ?? this.#otherHoldings;
    const field = { path, index: new FieldIndex(holdings), within: new Map<string, Field>() };
    parent.fields.set(key, field);
    this.#all.push(field);
    return field;
  }
}

function isNamed(wanted: WantedFields): wanted is readonly MetadataPath[] {
  return Array.isArray(wanted);
}

function declaredFields(wanted: WantedFields): DeclaredFields {
  if (wanted === "all") return { others: "all", declared: [] };
  return isNamed(wanted) ? { others: "none", declared: [] } : wanted;
}
