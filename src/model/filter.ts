// The condition that a search, list, count or update puts on metadata.

/** A scalar that metadata can be compared with. */
export type FilterScalar = string | number | boolean | null;

/**
 * A condition on metadata: every named field must equal its value. A field is a path (`"author.name"`); where the
 * metadata holds an array there, one element that equals the value is enough. Types are strict: `1` is not `"1"`.
 * Operators (`$gt`, `$in`, `$or`, …) are not supported yet and are refused with kind `unsupported`.
 */
export interface Filter {
  readonly [field: string]: FilterScalar;
}
