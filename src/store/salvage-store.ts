// Saves what is whole of a damaged store into a new one. Other processes read the damaged one, a range of rows at a time;
// where a range ends the process, its halves are asked for, down to the rows that do it. What cannot be read is named.

import { constants, copyFile, mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PointId } from "../model/point.js";
import {
  InspectionEnded,
  InspectionFailed,
  InspectionProcess,
  type InspectionLimits,
} from "./inspection-process.js";
import type {
  InspectionTasks,
  OpenedForInspection,
  ReadingWay,
  SalvagedRow,
  TaskName,
} from "./inspection-tasks.js";
import { mendCopy } from "./meta-pages-check.js";
import type { PointStore, PutPoint } from "./point-store.js";
import { decodePoint, decodeVector } from "./salvaged-record.js";

/** What is saved, and where to. */
export interface SalvageOptions {
  readonly folder: string;
  /** A folder that may be made for a copy, and is removed. */
  readonly mended: string;
  readonly dimensions: readonly number[];
  /** Fields whose table lacks keys or cannot be read, so that a vector that is not there may be lost. */
  readonly suspectFields: ReadonlySet<number>;
  /** Whether a point may have no vector in a field. */
  readonly mayLackVectors: boolean;
  readonly limits: InspectionLimits;
  readonly onProgress: (rows: number) => void;
  /** An empty store that takes what is saved; `undefined` only counts. Gives it once it is known which operation was the last. */
  readonly target: (() => Promise<PointStore>) | undefined;
}

/** A point that could not be saved. */
export interface LostRow {
  readonly row: number;
  readonly id: PointId | undefined;
  readonly place: string;
}

/** What was saved. */
export interface Salvage {
  readonly savedPoints: number;
  /** Points that there were; `undefined` where the store does not tell. */
  readonly pointCount: number | undefined;
  readonly doubtfulPoints: number;
  /** In the order of rows. */
  readonly lost: readonly LostRow[];
}

/** A point whose records were decoded here. */
type DecodedRow = Pick<PutPoint, "row" | "id" | "metadata" | "vectors">;

const rangeRows = 512;
const rangeRowsMax = 65_536;
const batchPoints = 1_000;
const bothWays: readonly ReadingWay[] = ["walk", "look-up"];

/**
 * Saves what is whole; `undefined` if the damaged store cannot even be opened. A file that LMDB must not open, because it was
 * cut short or a meta page of it is none, is copied and the copy opened. The target is open at the end.
 */
export async function salvageStore(options: SalvageOptions): Promise<Salvage | undefined> {
  const salvaged = await salvageFrom(options);
  if (salvaged !== undefined) return salvaged;
  const { mended } = options;
  await mkdir(mended, { recursive: true });
  try {
    await copyFile(join(options.folder, "data.mdb"), join(mended, "data.mdb"), constants.COPYFILE_FICLONE);
    if (!(await mendCopy(join(mended, "data.mdb")))) return undefined;
    return await salvageFrom({ ...options, folder: mended });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  } finally {
    await rm(mended, { recursive: true, force: true });
  }
}

async function salvageFrom(options: SalvageOptions): Promise<Salvage | undefined> {
  const salvager = new Salvager(options);
  try {
    return await salvager.run();
  } finally {
    await salvager.close();
  }
}

class Salvager {
  readonly #options: SalvageOptions;
  #process: InspectionProcess | undefined;
  #target: PointStore | undefined;
  #sequence = 0;
  #endedCount = 0;
  #batch: PutPoint[] = [];
  #saved = new Set<number>();
  /** Ids of the batch. */
  #batchIds = new Set<PointId>();
  #doubtfulPoints = 0;
  readonly #lost = new Map<number, LostRow>();

  constructor(options: SalvageOptions) {
    this.#options = options;
  }

  async run(): Promise<Salvage | undefined> {
    const opened = await this.#open().catch(unlessOurs);
    if (opened === undefined) return undefined;
    this.#sequence = opened.sequence;
    this.#target = await this.#options.target?.();
    const rowEnd = opened.isMetaWhole ? opened.rowEnd : await this.#guessRowEnd();
    let rows = rangeRows;
    for (let from = 0; from < rowEnd;) {
      const to = Math.min(rowEnd, from + rows);
      const isRead = await this.#saveRange(from, to);
      this.#options.onProgress(to);
      from = to;
      // Where a range is given up as a whole, the next one is larger, so that no damage makes this endless.
      rows = isRead || this.#grain() < rangeRows ? rangeRows : Math.min(rangeRowsMax, rows * 2);
    }
    await this.#flush();
    await this.#nameLostIds();
    await this.#target?.trimChanges(this.#target.state.sequence);
    return {
      savedPoints: this.#saved.size,
      pointCount: opened.isMetaWhole ? opened.pointCount : undefined,
      doubtfulPoints: this.#doubtfulPoints,
      lost: [...this.#lost.values()].sort((a, b) => a.row - b.row),
    };
  }

  async close(): Promise<void> {
    await this.#process?.close();
  }

  async #open(): Promise<OpenedForInspection> {
    const { folder, dimensions, limits } = this.#options;
    this.#process = await InspectionProcess.start(limits);
    return this.#process.call("open", { folder, dimensions });
  }

  /** Asks the process, or another one if that has ended. */
  async #ask<Name extends TaskName>(
    task: Name,
    given: InspectionTasks[Name]["given"],
  ): Promise<InspectionTasks[Name]["result"]> {
    if (this.#process === undefined) await this.#open();
    try {
      return await this.#process!.call(task, given);
    } catch (error) {
      if (error instanceof InspectionEnded) {
        this.#endedCount++;
        await this.#process?.close();
        this.#process = undefined;
      }
      throw error;
    }
  }

  /** One more than the greatest row that any table shows; all rows that the file has room for if none can be read. */
  async #guessRowEnd(): Promise<number> {
    const tables = ["points", "ids", ...this.#options.dimensions.map((_, field) => `vectors/${field}`)];
    let rowEnd = 0;
    let isKnown = false;
    for (const table of tables) {
      const greatest = await this.#ask("greatestRow", { table }).catch(unlessOurs);
      if (greatest === undefined) continue;
      isKnown = true;
      rowEnd = Math.max(rowEnd, greatest + 1);
    }
    if (isKnown) return rowEnd;
    const { size } = await stat(join(this.#options.folder, "data.mdb"));
    // A point takes at least as much.
    return Math.ceil(size / 24);
  }

  /** Rows that are given up together: fewer while few processes have ended, so that the time is bounded. */
  #grain(): number {
    if (this.#endedCount < 64) return 1;
    if (this.#endedCount < 128) return 8;
    return this.#endedCount < 192 ? 64 : rangeRows;
  }

  /** Saves the rows of a range; false if some of them cannot be read. */
  async #saveRange(from: number, to: number): Promise<boolean> {
    const rows = await this.#ask("salvage", { from, to, ways: bothWays }).catch(unlessOurs);
    if (rows !== undefined) {
      await this.#take(rows);
      return true;
    }
    if (to - from <= this.#grain() || to - from > rangeRows) {
      await this.#saveInOneWay(from, to);
      return false;
    }
    const middle = (from + to) >>> 1;
    const first = await this.#saveRange(from, middle);
    return (await this.#saveRange(middle, to)) && first;
  }

  /** One way to a record may end the process where the other does not. */
  async #saveInOneWay(from: number, to: number): Promise<void> {
    for (const way of ["look-up", "walk"] as const) {
      const rows = await this.#ask("salvage", { from, to, ways: [way] }).catch(unlessOurs);
      if (rows === undefined) continue;
      await this.#take(rows);
      return;
    }
    if (to - from === 1) this.#lose({ row: from, id: undefined, place: "process" });
  }

  async #take(rows: readonly SalvagedRow[]): Promise<void> {
    for (const row of rows) {
      if (row.kind === "lost") this.#lose(row);
      else await this.#decode(row);
    }
  }

  /** The process that has read a damaged page may have damaged its own memory: its word alone is not taken. */
  async #decode({ row, point, vectors }: SalvagedRow & { readonly kind: "whole" }): Promise<void> {
    let decoded: DecodedRow;
    let place = "points";
    try {
      const { id, metadata } = decodePoint(point, row);
      const decodedVectors = vectors.map((vector, field) => {
        place = `vectors/${field}`;
        return vector === undefined ? undefined : decodeVector(vector, row, this.#options.dimensions[field]!);
      });
      decoded = { row, id, metadata, vectors: decodedVectors };
    } catch {
      this.#lose({ row, id: undefined, place });
      return;
    }
    await this.#save(decoded);
  }

  #lose({ row, id, place }: LostRow): void {
    if (!this.#saved.has(row)) this.#lost.set(row, { row, id, place });
  }

  async #save({ row, id, metadata, vectors }: DecodedRow): Promise<void> {
    const { suspectFields, mayLackVectors } = this.#options;
    const lacking = vectors.findIndex((vector) => vector === undefined && !mayLackVectors);
    if (lacking !== -1) {
      this.#lose({ row, id, place: `vectors/${lacking}` });
      return;
    }
    // Two rows of one id: a page of an earlier state was read, and which is the later one is not known.
    if (this.#batchIds.has(id) || (this.#target !== undefined && this.#target.rowOf(id) !== -1)) {
      this.#lose({ row, id, place: "ids" });
      return;
    }
    if (vectors.some((vector, field) => vector === undefined && suspectFields.has(field)))
      this.#doubtfulPoints++;
    this.#saved.add(row);
    this.#lost.delete(row);
    if (this.#target === undefined) return;
    this.#batch.push({ kind: "put", id, row, replacedRow: -1, metadata, vectors });
    this.#batchIds.add(id);
    if (this.#batch.length >= batchPoints) await this.#flush();
  }

  async #flush(): Promise<void> {
    const changes = this.#batch;
    this.#batch = [];
    this.#batchIds = new Set();
    // Above every number of the damaged store, so that nothing derived from that passes for this one's.
    await this.#target?.commit({ sequence: ++this.#sequence, changes });
  }

  /** Names the points that no record of a row names: the records of ids lead to them. */
  async #nameLostIds(): Promise<void> {
    for (let after: Uint8Array | undefined; ;) {
      const found: InspectionTasks["ids"]["result"] | undefined = await this.#ask("ids", { after }).catch(
        unlessOurs,
      );
      for (const { id, row } of found?.ids ?? []) {
        if (this.#saved.has(row)) continue;
        const known = this.#lost.get(row);
        this.#lost.set(row, { row, id: known?.id ?? id, place: known?.place ?? "points" });
      }
      after = found?.last;
      if (after === undefined) return;
    }
  }
}

/** `undefined` for what comes of the damaged store; throws everything else. */
function unlessOurs(error: unknown): undefined {
  if (error instanceof InspectionEnded || error instanceof InspectionFailed) return undefined;
  throw error;
}
