// The pieces that the image of an index over metadata is made of: whole words, each of one kind, so that they can be written,
// checked and read one by one. What they hold in which order: docs/internals/metadata-index.md. No files here.

import { assert } from "../base/assert.js";
import type { FilterScalar } from "../model/filter.js";
import { RowSet } from "./row-set.js";

/** The kinds of pieces, by their numbers in a file. */
export const sectionKinds = {
  begin: 1,
  field: 2,
  rows: 3,
  scalars: 4,
  codes: 5,
  lists: 6,
  places: 7,
  fieldEnd: 8,
  end: 9,
} as const;

export type SectionKind = keyof typeof sectionKinds;

/** One piece. Its bytes are whole words that begin where doubles may. */
export interface ImageSection {
  readonly kind: SectionKind;
  readonly bytes: Uint8Array;
}

/** A sequence of pieces to be read: each step asks for the next one. */
export type SectionReading<Result> = Generator<undefined, Result, ImageSection>;

/** The next piece, which must be of the kind. */
export function* nextSection(kind: SectionKind): SectionReading<Uint8Array> {
  const section = yield;
  assert(section.kind === kind, `a section ${kind} must come, not ${section.kind}`);
  return section.bytes;
}

/** JSON text, with spaces at its end up to a whole word. */
export function jsonSection(kind: SectionKind, value: unknown): ImageSection {
  const text = Buffer.from(JSON.stringify(value));
  const bytes = Buffer.alloc(Math.ceil(text.length / 8) * 8, " ");
  text.copy(bytes);
  return { kind, bytes };
}

/** What JSON text says. The image is our own and was checked, so it is what was written. */
export function* readJson<Value>(kind: SectionKind): SectionReading<Value> {
  const bytes = yield* nextSection(kind);
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()) as Value;
}

export function numbersSection(
  kind: SectionKind,
  { buffer, byteOffset, byteLength }: Uint32Array | Float64Array,
): ImageSection {
  return { kind, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
}

export function* readWords(kind: SectionKind): SectionReading<Uint32Array> {
  const { buffer, byteOffset, length } = yield* nextSection(kind);
  return new Uint32Array(buffer, byteOffset, length >> 2);
}

const sortedForm = 0;
const bitsForm = 1;

/** A set of rows in its form: a copy. */
export function rowsSection(rows: RowSet): ImageSection {
  const held = rows.bits ?? rows.sorted();
  const words = new Uint32Array(1 + held.length);
  words[0] = rows.bits === undefined ? sortedForm : bitsForm;
  words.set(held, 1);
  return numbersSection("rows", words);
}

export function* readRows(): SectionReading<RowSet> {
  const words = yield* readWords("rows");
  const held = words.slice(1);
  return words[0] === bitsForm ? RowSet.fromBits(held) : RowSet.fromSorted(held);
}

const scalarsInOne = 4096;

/** Values by their codes, as arrays in JSON. */
export function* scalarSections(values: readonly FilterScalar[]): Generator<ImageSection, void> {
  for (let from = 0; from < values.length; from += scalarsInOne)
    yield jsonSection("scalars", values.slice(from, from + scalarsInOne));
}

/** Reads values by parts until there are so many. */
export function* readScalars(count: number, use: (value: FilterScalar) => void): SectionReading<void> {
  for (let read = 0; read < count;) {
    const values = yield* readJson<readonly FilterScalar[]>("scalars");
    assert(values.length > 0, "scalars come in parts that are not empty");
    for (const value of values) use(value);
    read += values.length;
  }
}

/** Codes of one row. */
export type RowList = readonly [row: number, codes: ArrayLike<number>];

const listWordsMin = 32_768;

/** Lists of codes by row, as row, count and codes; whole lists in each part, the last of which is empty. */
export function* listSections(lists: Iterable<RowList>): Generator<ImageSection, void> {
  let words = new Uint32Array(listWordsMin + 1024);
  let end = 0;
  for (const [row, codes] of lists) {
    const needed = end + 2 + codes.length;
    if (needed > words.length) {
      const larger = new Uint32Array(needed);
      larger.set(words);
      words = larger;
    }
    words[end++] = row;
    words[end++] = codes.length;
    words.set(codes, end);
    end += codes.length;
    if (end < listWordsMin) continue;
    yield numbersSection("lists", words.slice(0, end));
    end = 0;
  }
  if (end > 0) yield numbersSection("lists", words.slice(0, end));
  yield numbersSection("lists", new Uint32Array(0));
}

/** Reads lists by parts up to the empty one. */
export function* readLists(use: (row: number, codes: Uint32Array) => void): SectionReading<void> {
  for (;;) {
    const words = yield* readWords("lists");
    if (words.length === 0) return;
    for (let i = 0; i < words.length;) {
      const codesEnd = i + 2 + words[i + 1]!;
      assert(codesEnd <= words.length, "lists are whole");
      use(words[i]!, words.subarray(i + 2, codesEnd));
      i = codesEnd;
    }
  }
}
