// Points as callers get them back: id and the included parts, read from the store. An answer that would take so much of the
// heap that the process ended is refused while it is built.

import type { ResolvedInclude } from "../model/decode-include.js";
import type { ResolvedVectorField } from "../model/collection-config.js";
import type { Metadata, Point } from "../model/point.js";
import type { Hit } from "../model/requests.js";
import type { PointStore } from "../store/point-store.js";
import { OmenError } from "../base/omen-error.js";
import { limits } from "../model/limits.js";
import { parseMetadata } from "../model/decode-metadata.js";
import { projectMetadata } from "./metadata-projection.js";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Bytes that a point is counted with beside its parts. */
const pointBytes = 64;

/** Shows points of one collection. */
export class PointViews {
  readonly #store: PointStore;
  readonly #fields: readonly ResolvedVectorField[];

  constructor(store: PointStore, fields: readonly ResolvedVectorField[]) {
    this.#store = store;
    this.#fields = fields;
  }

  /** Begins an answer, which has room for so many bytes. */
  answer(): AnswerViews {
    return new AnswerViews(this.#store, this.#fields);
  }
}

/** Shows the points of one answer. Throws OmenError invalid where they become too many. */
export class AnswerViews {
  readonly #store: PointStore;
  readonly #fields: readonly ResolvedVectorField[];
  #bytesLeft: number = limits.answerBytesMax;

  constructor(store: PointStore, fields: readonly ResolvedVectorField[]) {
    this.#store = store;
    this.#fields = fields;
  }

  #take(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft >= 0) return;
    const text = `The answer is larger than ${limits.answerBytesMax} bytes of metadata and vectors.`;
    const message = `${text} Ask for fewer points at once, or for less of each with "include".`;
    throw new OmenError("invalid", "answer_too_large", message);
  }

  /** The point of a row, or `undefined` where the store has none. */
  point(row: number, include: ResolvedInclude): Point | undefined {
    const stored = this.#store.readPoint(row);
    if (stored === undefined) return undefined;
    this.#take(pointBytes);
    const point: Writable<Point> = { id: stored.id };
    this.#addParts(point, { row, text: stored.metadata }, include);
    return point;
  }

  /** The point of a row that an index has found. Throws OmenError corrupt where the store has none. */
  hit(row: number, score: number, include: ResolvedInclude): Hit {
    this.#take(pointBytes);
    if (include.metadata === "none" && !include.vector) {
      const id = this.#store.idOf(row);
      if (id === undefined) throw rowMissing();
      return { id, score };
    }
    const stored = this.#store.readPoint(row);
    if (stored === undefined) throw rowMissing();
    const hit: Writable<Hit> = { id: stored.id, score };
    this.#addParts(hit, { row, text: stored.metadata }, include);
    return hit;
  }

  #addParts(
    point: Writable<Point>,
    { row, text }: { readonly row: number; readonly text: string },
    include: ResolvedInclude,
  ): void {
    if (include.metadata !== "none") {
      this.#take(text.length);
      point.metadata = includedMetadata(text, include.metadata);
    }
    if (!include.vector) return;
    if (this.#fields.length === 1 && this.#fields[0]!.name === "") {
      const vector = this.#readVector(0, row);
      if (vector !== undefined) point.vector = vector;
    } else point.vectors = this.#readVectors(row);
  }

  #readVectors(row: number): { readonly [field: string]: Float32Array } {
    const vectors = this.#fields.map(({ name }, field) => [name, this.#readVector(field, row)] as const);
    return Object.fromEntries(vectors.filter(hasVector));
  }

  #readVector(field: number, row: number): Float32Array | undefined {
    const { dimension } = this.#fields[field]!;
    this.#take(4 * dimension);
    const vector = new Float32Array(dimension);
    return this.#store.readVector(field, row, vector, 0) ? vector : undefined;
  }
}

/** Store and indexes change in one moment, so this is damage: of the store's pages, or of a checkpoint. */
export function rowMissing(): OmenError {
  const message =
    "A row of the index has no point in the store; close the database, remove the index-*.omen files and open it.";
  return new OmenError("corrupt", "row_missing", message);
}

function hasVector(
  named: readonly [string, Float32Array | undefined],
): named is readonly [string, Float32Array] {
  return named[1] !== undefined;
}

function includedMetadata(text: string, wanted: Exclude<ResolvedInclude["metadata"], "none">): Metadata {
  const metadata = parseMetadata(text);
  return wanted === "all" ? metadata : projectMetadata(metadata, wanted);
}
