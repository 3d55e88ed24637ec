// What a collection holds: points, as callers write them and as they get them back.

/**
 * Names a point: a string of 1 to 512 UTF-8 bytes, or an integer from -2^63 to 2^64 - 1, as a safe `number` or a
 * `bigint`. `5` and `5n` are the same id, `5` and `"5"` are different ones. Integers come back as `number` where
 * they are safe and as `bigint` elsewhere.
 */
export type PointId = string | number | bigint;

/** A value that JSON can hold. Numbers are finite. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. Keys such as `__proto__` are plain data. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** What describes a point beside its vectors: a JSON object of at most 1 MiB as JSON text, 64 levels deep. */
export type Metadata = JsonObject;

/** The components of one vector; each must be finite as a 32-bit float. */
export type VectorInput = Float32Array | ArrayLike<number>;

/** A point as the caller writes it. */
export interface PointInput {
  readonly id: PointId;
  /** The vector of a collection with one unnamed field. */
  readonly vector?: VectorInput;
  /** The vectors of a collection with named fields, by field; any may be absent. */
  readonly vectors?: { readonly [field: string]: VectorInput };
  /** Defaults to `{}`. */
  readonly metadata?: Metadata;
}

/** Many points as columns: the fastest way in, because no object is made for each point. */
export interface ColumnsInput {
  readonly ids: readonly PointId[];
  /**
   * n × dimension, row-major: one array for the unnamed field, or an object with one array a named field. The
   * arrays must not change until the returned promise settles.
   */
  readonly vectors: VectorInput | { readonly [field: string]: VectorInput };
  /** One object a point; absent means `{}` for all. */
  readonly metadata?: readonly Metadata[];
}

/** A point as it comes back: which parts it has depends on `include`. */
export interface Point {
  readonly id: PointId;
  readonly vector?: Float32Array;
  readonly vectors?: { readonly [field: string]: Float32Array };
  readonly metadata?: Metadata;
}
