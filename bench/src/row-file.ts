// A file of vectors: n × dimension 32-bit floats in the order of the machine, row-major, nothing else.

import { closeSync, openSync, readSync } from "node:fs";

/** Reads rows `from` … `to` into an array of their own. */
export function readRowsOf(path: string, dimension: number, from: number, to: number): Float32Array {
  const rows = new Float32Array((to - from) * dimension);
  const bytes = new Uint8Array(rows.buffer);
  const file = openSync(path, "r");
  try {
    const read = readSync(file, bytes, 0, bytes.length, from * dimension * 4);
    if (read !== bytes.length) throw new Error(`${path} has too few bytes for rows ${from} to ${to}.`);
  } finally {
    closeSync(file);
  }
  return rows;
}
