// What callers say of backups, and what they are told: of `backup` in the interface of a database, and of `restore`.

/** Options of `backup`. */
export interface BackupOptions {
  /**
   * An earlier backup, in the same folder as the new one: what it has is not written again. The new backup needs it,
   * and what that one is based on in turn, for ever.
   */
  readonly base?: string;
  /**
   * Whether the checkpoints of indexes are in it. Default: true. Without them a backup is smaller, and a restored
   * database links its indexes again, while its answers are right.
   */
  readonly checkpoints?: boolean;
  /**
   * What is done with the backup before it counts as one. `records` (default): it is read back, each checksum is
   * compared, and the stores in it are opened beside it and each record is read. `checksums`: the first two alone.
   */
  readonly verify?: BackupVerification;
  /** Told how far it has come, many times a second. What it throws ends the backup. */
  readonly onProgress?: (progress: BackupProgress) => void;
}

export type BackupVerification = "records" | "checksums";

/** How far a backup has come. */
export interface BackupProgress {
  readonly stage: "copying" | "verifying";
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** A collection in a backup, as of the moment of the backup. */
export interface CollectionInBackup {
  readonly name: string;
  /** Number of the last operation that the backup holds. */
  readonly sequence: number;
  readonly points: number;
}

/** What was backed up. */
export interface BackupResult {
  readonly path: string;
  /** 32 hexadecimal digits, by which a later backup knows its base. */
  readonly id: string;
  /** The backup that this one needs; `undefined` for a full one. */
  readonly baseId: string | undefined;
  /** Bytes of the files that are in it. */
  readonly totalBytes: number;
  /** Bytes on the disk: fewer, where the base has the rest. */
  readonly writtenBytes: number;
  /** In the order of their names. */
  readonly collections: readonly CollectionInBackup[];
}

/** Options of `restore`. */
export interface RestoreOptions {
  /** Takes the place of the database in the folder. Without it, a folder that has collections is refused. */
  readonly replace?: boolean;
  /** Told how far it has come, many times a second. What it throws ends the restoring. */
  readonly onProgress?: (progress: RestoreProgress) => void;
}

/** How far restoring has come. */
export interface RestoreProgress {
  readonly stage: "checking" | "writing";
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What was restored. */
export interface RestoreResult {
  readonly path: string;
  /** The backup it came from. */
  readonly id: string;
  /** When that was made, as an ISO text. */
  readonly createdAt: string;
  readonly totalBytes: number;
  readonly collections: readonly CollectionInBackup[];
}
