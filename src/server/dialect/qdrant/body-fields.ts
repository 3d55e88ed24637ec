// Reading objects of a request body: each field is asked for by name, and one that nobody asked for is refused.

import { isPlainObject } from "../../../model/invalid-input.js";
import { formatError, validationError } from "./request-errors.js";

/** The fields of one object. `null` counts as absent, as in Qdrant. */
export class BodyFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #place: string;
  readonly #asked = new Set<string>();

  private constructor(fields: Readonly<Record<string, unknown>>, place: string) {
    this.#fields = fields;
    this.#place = place;
  }

  /** Reads an object with a function, after which every field must have been asked for. */
  static read<T>(value: unknown, place: string, decode: (fields: BodyFields) => T): T {
    if (!isPlainObject(value)) throw formatError(place, "an object is expected");
    const fields = new BodyFields(value, place);
    const decoded = decode(fields);
    fields.#end();
    return decoded;
  }

  /** The value of a field; `undefined` where it is absent or null. */
  get(name: string): unknown {
    this.#asked.add(name);
    const value = Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
    return value ?? undefined;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  need(name: string): unknown {
    const value = this.get(name);
    if (value === undefined) throw formatError(this.#place, `missing field \`${name}\``);
    return value;
  }

  string(name: string): string | undefined {
    const value = this.get(name);
    if (value !== undefined && typeof value !== "string")
      throw formatError(this.place(name), "a string is expected");
    return value;
  }

  boolean(name: string): boolean | undefined {
    const value = this.get(name);
    if (value !== undefined && typeof value !== "boolean")
      throw formatError(this.place(name), "a boolean is expected");
    return value;
  }

  number(name: string): number | undefined {
    const value = this.get(name);
    if (value !== undefined && typeof value !== "number")
      throw formatError(this.place(name), "a number is expected");
    return value;
  }

  /** A whole number of at least `min`. */
  integer(name: string, min: number): number | undefined {
    const value = this.number(name);
    if (value === undefined) return undefined;
    if (!Number.isSafeInteger(value)) throw formatError(this.place(name), "a whole number is expected");
    if (value < min)
      throw validationError(`${this.place(name)}: value ${value} invalid, must be ${min} or larger`);
    return value;
  }

  list(name: string): readonly unknown[] | undefined {
    const value = this.get(name);
    if (value !== undefined && !Array.isArray(value))
      throw formatError(this.place(name), "an array is expected");
    return value;
  }

  /** Fields without meaning on one node: anything may stand there. docs/reference/qdrant-coverage.md lists them. */
  passOver(...names: readonly string[]): void {
    for (const name of names) this.#asked.add(name);
  }

  /** Fields that ask for what cannot be done: they are refused by name, unless they are absent. */
  refuse(...names: readonly string[]): void {
    for (const name of names) {
      if (this.has(name)) throw formatError(this.place(name), "this is not supported yet; leave it out");
    }
  }

  place(name: string): string {
    return this.#place === "" ? name : `${this.#place}.${name}`;
  }

  #end(): void {
    for (const name of Object.keys(this.#fields)) {
      if (!this.#asked.has(name)) throw formatError(this.#place, `unknown field \`${name}\``);
    }
  }
}
