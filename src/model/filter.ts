// The condition that a search, list, count or update puts on metadata.

/** A scalar that metadata can be compared with. */
export type FilterScalar = string | number | boolean | null;

/**
 * A condition on metadata: every named field must equal its value. A field is a path (`"author.name"`); where the
 * metadata holds an array there, one element that equals the value is enough, and a path goes on in each object of
 * an array. Types are strict: `1` is not `"1"`, and a field that is not there equals nothing, not even null. The empty
 * filter lets every point through.
 * Operators (`$gt`, `$in`, `$or`, …) are not supported yet and are refused with kind `unsupported`.
 */
export interface Filter {
  readonly [field: string]: FilterScalar;
}
