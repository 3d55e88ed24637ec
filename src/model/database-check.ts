// What verification of a whole database tells, open or as a folder, and what repair did. Plain data, which JSON holds.

import type { CheckedId, CheckProblem } from "./check-problem.js";
import type { CheckpointCheck, CollectionCheck, StoreCheck } from "./collection-check.js";

/** How far a verification or a repair is. */
export interface CheckProgress {
  /** `null` for the catalogue. */
  readonly collection: string | null;
  /** What is being looked at: `store`, `checkpoints`, `index`, `metadata`, `catalog`, or `salvage`. */
  readonly part: string;
  /** Records or rows of this part looked at so far. */
  readonly done: number;
}

/** What `verify` takes. */
export interface VerifyOptions {
  /** Called now and then. What it throws ends the verification. */
  readonly onProgress?: (progress: CheckProgress) => void;
  /**
   * A process that reads a store and tells nothing for so long is ended, and the store counts as damaged. 1,000 to 3,600,000;
   * default 60,000.
   */
  readonly silenceMsMax?: number;
  /** Memory of its own that such a process may take. 128 MiB to 64 GiB; default 1 GiB. */
  readonly memoryBytesMax?: number;
}

/** What `verify` of an open database found. */
export interface DatabaseCheck {
  readonly path: string;
  /** True if everything was looked at and nothing is wrong. */
  readonly isSound: boolean;
  /** Every problem: of the catalogue, the folder and all collections. */
  readonly problems: readonly CheckProblem[];
  /** Parts that could not be looked at, each with the reason. */
  readonly unchecked: readonly string[];
  readonly collections: readonly CollectionCheck[];
}

/** What the files of one collection are like. */
export interface CollectionFilesCheck {
  readonly name: string;
  /** Its folder within that of the database. */
  readonly folder: string;
  readonly store: StoreCheck;
  readonly checkpoints: readonly CheckpointCheck[];
}

/** What `verifyFolder` found. */
export interface FolderCheck {
  readonly path: string;
  /** True if every file was read to its end and nothing is wrong. */
  readonly isSound: boolean;
  readonly problems: readonly CheckProblem[];
  /** Parts that could not be looked at, each with the reason. */
  readonly unchecked: readonly string[];
  readonly collections: readonly CollectionFilesCheck[];
}

/** What `repair` takes. */
export interface RepairOptions extends VerifyOptions {
  /** Only tell what would be done, and change nothing. */
  readonly dryRun?: boolean;
}

/** A point that could not be saved. */
export interface LostPoint {
  readonly row: number;
  /** `null` where no record tells it. */
  readonly id: CheckedId | null;
  /** The table whose record is damaged or gone, or `process` where reading it ended the process. */
  readonly place: string;
}

/** What repair did, or would do, to one collection. */
export interface CollectionRepair {
  readonly name: string;
  /** `none`: its points are whole. `saved`: whole points were written into a new store. `impossible`: nothing could be read. */
  readonly store: "none" | "saved" | "impossible";
  readonly savedPoints: number;
  /** Points that there were and could not be saved; `null` where the store does not tell how many there were. */
  readonly lostPoints: number | null;
  /** Those of them that are known, in the order of their rows. */
  readonly lost: readonly LostPoint[];
  /** Points saved of which it is not known whether they had a vector in one more field. */
  readonly doubtfulPoints: number;
  /** True if pages of the file were damaged, so that some points may have been saved as they were before their last change. */
  readonly mayBeOutdated: boolean;
  /** Where the damaged files are kept, within the folder of the database; `null` if none had to be set aside. */
  readonly setAside: string | null;
  readonly checkpointsRemoved: number;
}

/** What `repair` did, or, in a dry run, would do. */
export interface RepairReport {
  readonly path: string;
  readonly isDryRun: boolean;
  /** True if nothing needed to be done. */
  readonly wasSound: boolean;
  /** True if nothing is lost that was there: all that was wrong could be made anew. */
  readonly isWhole: boolean;
  readonly collections: readonly CollectionRepair[];
  /** What was done to the catalogue, and to folders that it does not name, in sentences. */
  readonly catalog: readonly string[];
  /** What verification found before anything was done. */
  readonly before: FolderCheck;
  /** What it found afterwards; `null` in a dry run, or where nothing needed to be done. */
  readonly after: FolderCheck | null;
}
