// Rows in the binary format of PostgreSQL's COPY, and vectors in that of pgvector: big-endian throughout.
//
//   COPY     "PGCOPY\n\xff\r\n\0", flags u32, extension length u32; rows; -1 as i16
//   row      number of fields i16; each: length i32, bytes
//   vector   dimension i16, unused i16, dimension × f32

import type { RowBatch } from "../insert-batches.js";

const header = Buffer.concat([Buffer.from("PGCOPY\n\u00ff\r\n\0", "latin1"), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

/** A whole COPY of a batch: id, vector, title, year, group. */
export function copyBytesOf({ ids, vectors, metadata }: RowBatch, dimension: number): Buffer {
  const parts: Buffer[] = [header];
  for (const [i, id] of ids.entries()) {
    const { title, year, group } = metadata[i]!;
    const vector = vectorBytes(vectors.subarray(i * dimension, (i + 1) * dimension));
    const fields = [Buffer.from(id), vector, Buffer.from(title), integerBytes(year), integerBytes(group)];
    const count = Buffer.alloc(2);
    count.writeInt16BE(fields.length);
    parts.push(count, ...fields.flatMap((field) => [integerBytes(field.length), field]));
  }
  return Buffer.concat([...parts, trailer]);
}

/** A vector as pgvector sends and receives it. */
export function vectorBytes(vector: Float32Array): Buffer {
  const bytes = Buffer.from(vector.buffer.slice(vector.byteOffset, vector.byteOffset + vector.byteLength));
  // Typed arrays are little-endian wherever Node runs.
  bytes.swap32();
  const head = Buffer.alloc(4);
  head.writeInt16BE(vector.length);
  return Buffer.concat([head, bytes]);
}

function integerBytes(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
