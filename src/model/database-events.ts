// What a database tells those who listen. Events carry no vectors, ids or metadata.

import type { SearchExplanation } from "./requests.js";

/** A checkpoint is durable. */
export interface CheckpointEvent {
  readonly collection: string;
  /** Number of the last operation that is in it. */
  readonly sequence: number;
  /** Milliseconds from the moment it stands for. */
  readonly durationMs: number;
  /** Bytes of all files. */
  readonly bytes: number;
  /** One file a vector field, in the order of the configuration. */
  readonly files: readonly {
    readonly field: string;
    /** In the folder of the collection. */
    readonly file: string;
    readonly bytes: number;
  }[];
}

/** The index of a vector field was rebuilt from the store when its collection was opened, instead of loaded. */
export interface RebuildEvent {
  readonly collection: string;
  readonly field: string;
  /**
   * `"missing"`: there is no checkpoint, as after a crash before the first one, or after few writes. `"unusable"`: it is damaged,
   * of other settings or of another version. `"contradicted"`: the store does not tell what came after it.
   */
  readonly reason: "missing" | "unusable" | "contradicted";
  /** Points that the store has. */
  readonly points: number;
  /** Milliseconds until searches find every row. Linking goes on in the background then. */
  readonly durationMs: number;
}

/** Where something went wrong. */
export type ErrorSource = "checkpoint" | "compaction" | "linking" | "thread" | "flush" | "index";

/**
 * Something failed that no call waits for (`checkpoint`, `compaction`, `linking`, `thread`: one ended, and another takes its place), or a write that its callers are told of too
 * (`flush`, and `index`: an index could not take what the store had flushed, and the collection must be reopened).
 */
export interface ErrorEvent {
  /** `null` for a thread, which works for all collections. */
  readonly collection: string | null;
  readonly source: ErrorSource;
  readonly error: Error;
  /** What failed and what follows, in a sentence. */
  readonly message: string;
}

/** A search took `slowQueryMs` or longer. */
export interface SlowQueryEvent {
  readonly collection: string;
  /** The vector field searched. */
  readonly field: string;
  /** Milliseconds, waiting included. */
  readonly durationMs: number;
  readonly limit: number;
  readonly offset: number;
  readonly hasFilter: boolean;
  /** As `explain` tells it. Absent for a search with `groupBy`, which is several. */
  readonly plan?: Omit<SearchExplanation, "milliseconds">;
}

/** The events of a database, by name. */
export interface DatabaseEvents {
  readonly checkpoint: CheckpointEvent;
  readonly rebuild: RebuildEvent;
  readonly error: ErrorEvent;
  readonly slowQuery: SlowQueryEvent;
}

/** Names of events. */
export type DatabaseEventName = keyof DatabaseEvents;

/**
 * What is called with an event, in a microtask after what it tells of. What it throws or rejects with becomes a warning of
 * the process (`OmenDBWarning`) and reaches neither the database nor other listeners.
 */
export type DatabaseListener<Name extends DatabaseEventName> = (
  event: DatabaseEvents[Name],
) => void | Promise<void>;
