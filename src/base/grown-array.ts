// A longer array with the same beginning.

/** A copy of `length` places; those behind the old ones are 0. */
export function grown(from: Uint32Array, length: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(length);
  larger.set(from);
  return larger;
}
