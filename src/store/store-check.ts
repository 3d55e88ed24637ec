// Reads every record of a table of a store and compares it with the other tables: every checksum, every key, and that
// ids, rows and vectors agree. It reads as the store does, by walks and by look-ups, because a damaged page may show
// only to one of them. Runs in a process of its own (inspection-program.ts).

import { KeyDigestBuilder, sameKeyDigest, type KeyDigest } from "../base/key-digest.js";
import { checkedId, Findings, type Finding } from "../model/check-problem.js";
import { changeHash, changeSequence } from "./change-record.js";
import { idKey } from "./id-key.js";
import type { TableCheck } from "./inspection-tasks.js";
import type { StoreMeta } from "./store-meta.js";
import { idHash, idOfKey, rowOf, type StoreReader } from "./store-reader.js";

const recordsAWord = 2048;

/** A table that is being checked. */
class TableWalk {
  readonly findings = new Findings();
  readonly digest = new KeyDigestBuilder();
  readonly reader: StoreReader;
  readonly table: string;
  readonly tell: (done: number) => void;
  records = 0;

  constructor(reader: StoreReader, table: string, tell: (done: number) => void) {
    this.reader = reader;
    this.table = table;
    this.tell = tell;
  }

  count(hash: number): void {
    this.digest.add(hash);
    if (++this.records % recordsAWord === 0) this.tell(this.records);
  }

  add(finding: Omit<Finding, "place">): void {
    this.findings.add({ ...finding, place: this.table });
  }

  /** Compares what was walked over with what was written. */
  end(expected: KeyDigest | undefined, remedy: Finding["remedy"]): void {
    const { table, records, reader } = this;
    if (expected === undefined) return;
    const counted = reader.recordCount(table);
    if (sameKeyDigest(this.digest.digest(), expected) && counted === expected.count) return;
    const missing = Math.max(1, expected.count - records);
    const detail = `${records} records were found, LMDB counts ${counted}, and ${expected.count} were written.`;
    this.findings.add({ kind: "keys_missing", remedy, place: table, detail }, missing);
  }
}

/** Checks one table. `tell` is called every few thousand records. */
export function checkTable(reader: StoreReader, table: string, tell: (done: number) => void): TableCheck {
  const walk = new TableWalk(reader, table, tell);
  const meta = reader.readMeta();
  const known = meta.state === "whole" ? meta.value : undefined;
  const fault = table === "meta" ? reader.pagesFault : undefined;
  if (fault !== undefined) walk.add({ kind: "meta_damaged", remedy: "lost", detail: fault });
  if (!reader.has(table)) {
    walk.add({ kind: "table_missing", remedy: "lost", detail: `The table ${table} is not in the file.` });
  } else {
    try {
      checkRecords(walk, known);
    } catch (error) {
      const told = error instanceof Error ? error.message : String(error);
      walk.add({ kind: "store_damaged", remedy: "lost", detail: `A walk along ${table} failed: ${told}` });
    }
  }
  return { records: walk.records, problems: walk.findings.problems(null) };
}

function checkRecords(walk: TableWalk, meta: StoreMeta | undefined): void {
  if (walk.table === "pages") {
    const tell = (detail: string): void => walk.add({ kind: "page_damaged", remedy: "lost", detail });
    walk.records = walk.reader.checkPages({ tell, done: walk.tell });
  } else if (walk.table === "meta") checkMeta(walk);
  else if (walk.table === "points") checkPoints(walk, meta);
  else if (walk.table === "ids") checkIds(walk, meta);
  else if (walk.table === "changes") checkChanges(walk, meta);
  else checkVectors(walk, meta, Number(walk.table.slice("vectors/".length)));
}

function checkMeta(walk: TableWalk): void {
  const { reader } = walk;
  walk.records = 1;
  const meta = reader.readMeta();
  if (meta.state !== "whole") {
    const what = meta.state === "damaged" ? meta.detail : "It is not there.";
    const detail = `What the store knows about itself is damaged, so that it is not known whether points are missing. ${what}`;
    walk.add({ kind: "meta_damaged", remedy: "lost", detail });
    return;
  }
  const { fields, ids, rows } = meta.value;
  const dimensions = fields.map((field) => field.dimension).join(", ");
  if (dimensions !== reader.dimensions.join(", ")) {
    const detail = `The store has vectors of ${dimensions} components, its collection of ${reader.dimensions.join(", ")}.`;
    walk.add({ kind: "meta_damaged", remedy: "lost", detail });
  }
  if (ids.count !== rows.count) {
    const detail = `${rows.count} points and ${ids.count} ids are said to be there.`;
    walk.add({ kind: "meta_damaged", remedy: "lost", detail });
  }
}

/** Rows of the table in ascending order; a walk that goes back would never end. */
function* ascendingRows(walk: TableWalk): Generator<number, void> {
  let before = -1;
  for (const row of walk.reader.rows(walk.table)) {
    if (row <= before) {
      walk.add({
        kind: "table_disordered",
        remedy: "lost",
        row,
        detail: `Row ${row} comes after row ${before}.`,
      });
      return;
    }
    before = row;
    walk.count(row);
    yield row;
  }
}

function checkPoints(walk: TableWalk, meta: StoreMeta | undefined): void {
  const { reader } = walk;
  for (const row of ascendingRows(walk)) {
    const point = reader.readPoint(row);
    if (point.state === "absent") {
      walk.add({
        kind: "record_missing",
        remedy: "lost",
        row,
        detail: `A walk finds row ${row}, a look-up does not.`,
      });
      continue;
    }
    if (point.state === "damaged") {
      walk.add({
        kind: "record_damaged",
        remedy: "lost",
        row,
        detail: `The point of row ${row}: ${point.detail}`,
      });
      continue;
    }
    if (meta !== undefined && row >= meta.rowEnd)
      walk.add({ kind: "record_stray", remedy: "lost", row, detail: `Row ${row} was never handed out.` });
    const found = reader.readIdRow(idKey(point.value.id));
    if (found.state === "whole" && found.value === row) continue;
    const leads = found.state === "whole" ? `leads to row ${found.value}` : `is ${found.state}`;
    const detail = `The point of row ${row} cannot be found by its id: the record of that ${leads}.`;
    walk.add({ kind: "record_missing", remedy: "derived", row, id: checkedId(point.value.id), detail });
  }
  walk.end(meta?.rows, "lost");
}

function checkIds(walk: TableWalk, meta: StoreMeta | undefined): void {
  let before: Uint8Array | undefined;
  for (const { key, value } of walk.reader.keys("ids")) {
    const copied = Buffer.from(key);
    if (before !== undefined && Buffer.compare(before, copied) >= 0) {
      walk.add({ kind: "table_disordered", remedy: "derived", detail: "Ids do not ascend." });
      return;
    }
    before = copied;
    checkId(walk, copied, Buffer.from(value));
  }
  walk.end(meta?.ids, "derived");
}

function checkId(walk: TableWalk, key: Buffer, record: Buffer): void {
  const id = idOfKey(key);
  const named = id === undefined ? {} : { id: checkedId(id) };
  let row: number;
  try {
    row = rowOf(key, record);
  } catch (error) {
    walk.count(0);
    const detail = `The record of an id: ${error instanceof Error ? error.message : String(error)}`;
    walk.add({ kind: "record_damaged", remedy: "derived", ...named, detail });
    return;
  }
  walk.count(idHash(key, row));
  const found = walk.reader.readIdRow(key);
  if (found.state !== "whole" || found.value !== row) {
    walk.add({
      kind: "record_missing",
      remedy: "derived",
      row,
      ...named,
      detail: "A walk finds an id, a look-up does not.",
    });
    return;
  }
  const point = walk.reader.readPoint(row);
  if (point.state === "whole" && point.value.id === id) return;
  const what =
    point.state === "whole" ? `another point is in row ${row}` : `the point of row ${row} is ${point.state}`;
  walk.add({
    kind: "record_missing",
    remedy: "lost",
    row,
    ...named,
    detail: `An id leads nowhere: ${what}.`,
  });
}

function checkVectors(walk: TableWalk, meta: StoreMeta | undefined, field: number): void {
  for (const row of ascendingRows(walk)) {
    const vector = walk.reader.readVector(field, row);
    if (vector.state === "absent") {
      walk.add({
        kind: "record_missing",
        remedy: "lost",
        row,
        detail: `A walk finds row ${row}, a look-up does not.`,
      });
    } else if (vector.state === "damaged") {
      walk.add({
        kind: "record_damaged",
        remedy: "lost",
        row,
        detail: `The vector of row ${row}: ${vector.detail}`,
      });
    } else if (walk.reader.readPoint(row).state === "absent") {
      walk.add({ kind: "record_stray", remedy: "lost", row, detail: `A vector has no point in row ${row}.` });
    }
  }
  walk.end(meta?.fields[field]?.rows, "lost");
}

function checkChanges(walk: TableWalk, meta: StoreMeta | undefined): void {
  for (const { key } of walk.reader.keys("changes")) {
    const copied = Buffer.from(key);
    walk.count(changeHash(copied));
    const detail = changeFault(walk.reader, copied, meta);
    if (detail !== undefined) walk.add({ kind: "record_damaged", remedy: "derived", detail });
  }
  walk.end(meta?.changes, "derived");
}

function changeFault(reader: StoreReader, key: Buffer, meta: StoreMeta | undefined): string | undefined {
  if (key.length !== 8) return `The key of row changes has ${key.length} bytes.`;
  const sequence = changeSequence(key);
  if (meta !== undefined && (sequence <= meta.trimmedTo || sequence > meta.sequence))
    return `Row changes of operation ${sequence} should not be there.`;
  const changes = reader.readChanges(key);
  if (changes.state === "whole") return undefined;
  return `Row changes of operation ${sequence}: ${changes.state === "damaged" ? changes.detail : "a look-up does not find them"}`;
}
