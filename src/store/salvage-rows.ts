// Reads what is whole out of a damaged store: rows of a range in more than one way, and ids. Runs in a process of its own
// (inspection-program.ts), whose end is answered by asking again for less.

import type { ReadingWay, SalvagedId, SalvagedRow, SalvageRange } from "./inspection-tasks.js";
import { decodePoint, decodeVector } from "./salvaged-record.js";
import { idOfKey, rowOf, type StoreReader } from "./store-reader.js";

const idsAnAnswer = 4096;
const rowsAWord = 4096;

/** A record that was found under a row: its bytes if it is whole. */
type RecordFound = { readonly state: "whole"; readonly bytes: Buffer } | { readonly state: "damaged" };

/** Every row of the range that has a record in some table, in ascending order. */
export function salvageRows(reader: StoreReader, { from, to, ways }: SalvageRange): SalvagedRow[] {
  const points = readRows(reader, { table: "points", from, to, ways }, decodePoint);
  const vectors = reader.dimensions.map((dimension, field) =>
    readRows(reader, { table: `vectors/${field}`, from, to, ways }, (bytes, row) => {
      decodeVector(bytes, row, dimension);
    }),
  );
  const rows = new Set([points, ...vectors].flatMap((found) => [...found.keys()]));
  return [...rows].sort((a, b) => a - b).map((row) => join({ row, points, vectors }));
}

function join(one: {
  readonly row: number;
  readonly points: ReadonlyMap<number, RecordFound>;
  readonly vectors: readonly ReadonlyMap<number, RecordFound>[];
}): SalvagedRow {
  const { row } = one;
  const point = one.points.get(row);
  if (point?.state !== "whole") return { kind: "lost", row, id: undefined, place: "points" };
  const vectors: (Uint8Array | undefined)[] = [];
  for (const [field, found] of one.vectors.entries()) {
    const vector = found.get(row);
    if (vector?.state === "damaged")
      return { kind: "lost", row, id: decodePoint(point.bytes, row).id, place: `vectors/${field}` };
    vectors.push(vector?.bytes);
  }
  return { kind: "whole", row, point: point.bytes, vectors };
}

interface TableRange extends SalvageRange {
  readonly table: string;
}

/** By a walk first, which is faster; a row that it did not find whole is looked up. */
function readRows(
  reader: StoreReader,
  { table, from, to, ways }: TableRange,
  decode: (bytes: Buffer, row: number) => void,
): ReadonlyMap<number, RecordFound> {
  const found = new Map<number, RecordFound>();
  const take = (row: number, bytes: Buffer): void => {
    if (found.get(row)?.state === "whole") return;
    try {
      decode(bytes, row);
      found.set(row, { state: "whole", bytes });
    } catch {
      found.set(row, { state: "damaged" });
    }
  };
  if (has(ways, "walk")) walkRows(reader, { table, from, to, ways }, take);
  if (!has(ways, "look-up")) return found;
  for (let row = from; row < to; row++) {
    if (found.get(row)?.state !== "whole") reader.lookUp(table, row, (bytes) => take(row, bytes));
  }
  return found;
}

function has(ways: readonly ReadingWay[], way: ReadingWay): boolean {
  return ways.includes(way);
}

function walkRows(reader: StoreReader, range: TableRange, take: (row: number, bytes: Buffer) => void): void {
  let before = -1;
  try {
    for (const { key, value } of reader.records(range.table, range.from)) {
      if (key >= range.to || key <= before) return;
      before = key;
      if (key >= range.from) take(key, Buffer.from(value));
    }
  } catch {
    // What LMDB says of a page here is answered by looking up each row.
  }
}

/** The greatest row that a walk along a table finds; -1 if it finds none. */
export function greatestRow(reader: StoreReader, table: string, tell: (done: number) => void): number {
  let greatest = -1;
  let count = 0;
  if (table === "ids") {
    for (const { key, value } of reader.keys("ids")) {
      if (++count % rowsAWord === 0) tell(count);
      const row = rowIn(Buffer.from(key), Buffer.from(value));
      if (row !== undefined) greatest = Math.max(greatest, row);
    }
    return greatest;
  }
  for (const row of reader.rows(table)) {
    if (row <= greatest) break;
    greatest = row;
    if (++count % rowsAWord === 0) tell(count);
  }
  return greatest;
}

function rowIn(key: Uint8Array, record: Uint8Array): number | undefined {
  try {
    return rowOf(key, record);
  } catch {
    return undefined;
  }
}

/** The next few thousand ids whose records are whole, behind `after`; `last` is where to go on, `undefined` at the end. */
export function salvageIds(
  reader: StoreReader,
  after: Uint8Array | undefined,
): { readonly ids: readonly SalvagedId[]; readonly last: Uint8Array | undefined } {
  const ids: SalvagedId[] = [];
  let before = after === undefined ? undefined : Buffer.from(after);
  let count = 0;
  for (const { key, value } of reader.keys("ids", after)) {
    const copied = Buffer.from(key);
    if (before !== undefined && Buffer.compare(before, copied) >= 0) return { ids, last: undefined };
    before = copied;
    const row = rowIn(copied, Buffer.from(value));
    const id = idOfKey(copied);
    if (row !== undefined && id !== undefined) ids.push({ id, row });
    if (++count === idsAnAnswer) return { ids, last: copied };
  }
  return { ids, last: undefined };
}
