// The words of one field: for each word the rows that have it, in whichever of their texts. It is asked by `$contains`.

import type { CandidateRows } from "./field-rows.js";
import {
  type ImageSection,
  listSections,
  numbersSection,
  readLists,
  readRows,
  readScalars,
  readWords,
  type RowList,
  rowsSection,
  scalarSections,
  type SectionReading,
} from "./image-section.js";
import { KeyedRows } from "./keyed-rows.js";
import { intersect, unite } from "./row-algebra.js";
import { RowSet } from "./row-set.js";
import { WordLists } from "./word-lists.js";

/** Distinct words of one field that are told apart. */
export const wordsMax = 1_048_576;

export class WordIndex {
  /** Rows with a word that came when there were too many already. */
  readonly #withOtherWord = new RowSet();
  /** Rows with several texts, each of which must have all words by itself. */
  readonly #withSeveralTexts = new RowSet();
  readonly #withText = new RowSet();
  readonly #codeOf = new Map<string, number>();
  readonly #wordOf: string[] = [];
  readonly #freeCodes: number[] = [];
  readonly #rows = new KeyedRows();
  readonly #lists = new WordLists();

  /** Distinct words. */
  get wordCount(): number {
    return this.#codeOf.size;
  }

  /** Bytes held, about. */
  get byteCount(): number {
    return this.#codeOf.size * 90 + this.#rows.byteCount + this.#lists.byteCount + this.#withText.byteCount;
  }

  /** Adds the words of one text of a row. */
  add(row: number, words: readonly string[]): void {
    if (this.#withText.has(row)) this.#withSeveralTexts.add(row);
    this.#withText.add(row);
    const codes = [...this.#lists.get(row)];
    const before = codes.length;
    for (const word of words) {
      const code = this.#codeOf.get(word) ?? this.#newCode(word);
      if (code === undefined) this.#withOtherWord.add(row);
      else if (this.#rows.add(code, row)) codes.push(code);
    }
    if (codes.length > before) this.#lists.set(row, codes);
  }

  #newCode(word: string): number | undefined {
    if (this.#codeOf.size >= wordsMax) return undefined;
    const code = this.#freeCodes.pop() ?? this.#wordOf.length;
    this.#wordOf[code] = word;
    this.#codeOf.set(word, code);
    return code;
  }

  /** Takes back all texts of a row. */
  remove(row: number): void {
    if (!this.#withText.has(row)) return;
    this.#withText.remove(row);
    this.#withSeveralTexts.remove(row);
    this.#withOtherWord.remove(row);
    for (const code of this.#lists.get(row)) {
      if (!this.#rows.remove(code, row)) continue;
      this.#codeOf.delete(this.#wordOf[code]!);
      this.#freeCodes.push(code);
    }
    this.#lists.set(row, []);
  }

  /** All that is held, taken in this moment. */
  image(): Iterable<ImageSection> {
    const sets = [this.#withText, this.#withSeveralTexts, this.#withOtherWord].map(rowsSection);
    const codes = numbersSection("codes", Uint32Array.from([this.#wordOf.length, ...this.#freeCodes]));
    return wordSections({
      first: [...sets, codes],
      words: this.#wordOf.slice(),
      lists: this.#lists.copiedLists(),
    });
  }

  /** Reads what `image` gave into an index that is empty. */
  *restore(): SectionReading<void> {
    for (const rows of [this.#withText, this.#withSeveralTexts, this.#withOtherWord])
      rows.adopt(yield* readRows());
    const [count, ...free] = yield* readWords("codes");
    const isFree = new Set(free);
    yield* readScalars(count!, (word) => {
      const text = String(word);
      if (!isFree.has(this.#wordOf.length)) this.#codeOf.set(text, this.#wordOf.length);
      this.#wordOf.push(text);
    });
    for (const code of free) this.#freeCodes.push(code);
    yield* readLists((row, codes) => {
      this.#lists.set(row, codes);
      for (let i = 0; i < codes.length; i++) this.#rows.add(codes[i]!, row);
    });
  }

  /** Rows of which some text may have all of the words, of which there is at least one. */
  rowsWithAll(words: readonly string[]): CandidateRows {
    const rows = intersect(words.map((word) => this.#rowsOf(word)));
    const isOneText = words.length === 1 || intersect([rows, this.#withSeveralTexts]).count === 0;
    return { rows, isExact: isOneText && this.#withOtherWord.count === 0 };
  }

  #rowsOf(word: string): RowSet {
    const code = this.#codeOf.get(word);
    const rows = code === undefined ? undefined : this.#rows.rowsOf(code);
    return unite(rows === undefined ? [this.#withOtherWord] : [rows, this.#withOtherWord]);
  }

  /** Whether the row is known with exactly these words. */
  isRight(row: number, words: ReadonlySet<string>): boolean {
    const isRoomy = !this.#withOtherWord.has(row);
    const known = [...words].map((word) => this.#codeOf.get(word)).filter((code) => code !== undefined);
    const has = known.filter((code) => this.#rows.has(code, row)).length;
    if (isRoomy && has < words.size) return false;
    const list = this.#lists.get(row);
    return list.length === has && list.every((code) => words.has(this.#wordOf[code]!));
  }

  /** For each word a moment: rows that have it only by the set of the word, not by their own list. */
  strayRows(): Generator<number, void> {
    return this.#rows.strayRows((row, code) => this.#lists.get(row).includes(code));
  }
}

interface WordImage {
  readonly first: readonly ImageSection[];
  readonly words: readonly string[];
  readonly lists: Iterable<RowList>;
}

function* wordSections({ first, words, lists }: WordImage): Generator<ImageSection, void> {
  yield* first;
  yield* scalarSections(words);
  yield* listSections(lists);
}
