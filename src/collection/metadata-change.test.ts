// Changes of metadata: a table of cases, and paths to unset against the projection that leaves paths out.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OmenError } from "../base/omen-error.js";
import { metadataArbitrary } from "../metadata/arbitrary-filters.suite.js";
import { decodeChange } from "../model/decode-change.js";
import type { JsonValue, Metadata } from "../model/point.js";
import { changedMetadata } from "./metadata-change.js";

function changed(metadata: Metadata, change: unknown): Metadata {
  return JSON.parse(changedMetadata(JSON.stringify(metadata), decodeChange(change))) as Metadata;
}

const book: Metadata = {
  title: "Ubik",
  author: { name: "Dick", born: 1928, links: { web: "x" } },
  editions: [{ year: 1969, format: "paper" }, "lost", [{ year: 1 }], { year: 2000 }],
  "author.name": "a key with a dot",
  pages: null,
};

const cases: readonly { readonly title: string; readonly change: unknown; readonly gives: Metadata }[] = [
  {
    title: "unset takes a nested key away",
    change: { unset: ["author.name"] },
    gives: { ...book, author: { born: 1928, links: { web: "x" } } },
  },
  {
    title: "an escaped dot belongs to the key",
    change: { unset: ["author\\.name", "pages"] },
    gives: { title: "Ubik", author: book["author"]!, editions: book["editions"]! },
  },
  {
    title: "unset goes into each object of an array, and not into arrays in it",
    change: { unset: ["editions.year"] },
    gives: { ...book, editions: [{ format: "paper" }, "lost", [{ year: 1 }], {}] },
  },
  {
    title: "unsetting what is not there changes nothing",
    change: { unset: ["author.name.first", "title.length", "none.at.all", "editions.0"] },
    gives: book,
  },
  {
    title: "merge is shallow, and comes before unset",
    change: { merge: { author: { name: "Le Guin", died: 2018 } }, unset: ["author.died"] },
    gives: { ...book, author: { name: "Le Guin" } },
  },
  {
    title: "merging at a path leaves the other keys there",
    change: { at: "author", merge: { name: "Philip", died: 1982 }, unset: ["links.web"] },
    gives: { ...book, author: { name: "Philip", born: 1928, links: {}, died: 1982 } },
  },
  {
    title: "merging at a path makes the objects on the way",
    change: { at: "shop.price", merge: { eur: 9 } },
    gives: { ...book, shop: { price: { eur: 9 } } },
  },
  {
    title: "merging at a path replaces what is no object",
    change: { at: "pages", merge: { count: 200 } },
    gives: { ...book, pages: { count: 200 } },
  },
  {
    title: "merging at an array changes its objects",
    change: { at: "editions", merge: { sold: true } },
    gives: {
      ...book,
      editions: [
        { year: 1969, format: "paper", sold: true },
        "lost",
        [{ year: 1 }],
        { year: 2000, sold: true },
      ],
    },
  },
  {
    title: "unsetting at a path makes no objects",
    change: { at: "shop.price", unset: ["eur"] },
    gives: book,
  },
  {
    title: "keys of prototypes are keys like any other",
    change: { at: "__proto__.constructor", merge: JSON.parse('{"__proto__":1}') as Metadata },
    gives: { ...book, ["__proto__"]: { constructor: JSON.parse('{"__proto__":1}') as Metadata } },
  },
];

for (const { title, change, gives } of cases) {
  test(title, () => {
    const before = structuredClone(book);
    assert.deepEqual(changed(book, change), gives);
    assert.deepEqual(book, before);
  });
}

/** The same in other words: what a path leads to is left out. */
function without(value: JsonValue, path: readonly string[]): JsonValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const [key, ...rest] = path;
  const entries = Object.entries(value).flatMap(([name, inner]): [string, JsonValue][] => {
    if (name !== key) return [[name, inner]];
    if (rest.length === 0) return [];
    const step = (part: JsonValue): JsonValue => without(part, rest);
    return [[name, Array.isArray(inner) ? (inner as JsonValue[]).map(step) : step(inner)]];
  });
  return Object.fromEntries(entries);
}

test("any paths can be unset from any metadata", () => {
  const path = fc.array(fc.constantFrom("a", "b", "c", "__proto__", "0"), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(metadataArbitrary, fc.array(path, { maxLength: 4 }), (metadata, paths) => {
      const expected = paths.reduce<JsonValue>(without, JSON.parse(JSON.stringify(metadata)) as Metadata);
      assert.deepEqual(changed(metadata, { unset: paths.map((keys) => keys.join(".")) }), expected);
    }),
  );
});

test("merging at a path cannot make metadata too deep or too large", () => {
  let deep: Metadata = {};
  for (let i = 0; i < 40; i++) deep = { a: deep };
  const at = Array.from({ length: 40 }, () => "a").join(".");
  const refused = (change: unknown, code: string): void =>
    assert.throws(
      () => changed(deep, change),
      (error) => error instanceof OmenError && error.code === code && error.kind === "invalid",
    );
  refused({ at, merge: deep }, "metadata_depth");
  refused({ at: "b", merge: { a: "x".repeat(2 ** 20 - 20) } }, "metadata_too_large");
});
