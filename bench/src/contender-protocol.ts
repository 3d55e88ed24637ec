// What a benchmark and the process of a contender say to each other: one command at a time, one reply each.

import type { BuildTimes, ContenderDetails, ContenderOptions } from "./contender.js";
import type { DataSetRequest } from "./data-set.js";
import type { ResidentBytes } from "./measure.js";

/** Every command with what it takes and what it answers. */
export interface Commands {
  /** Loads the module of a contender, which keeps its files in `folder`, and the data set, which must be in the cache. */
  load: {
    takes: {
      readonly module: string;
      readonly options: ContenderOptions;
      readonly data: DataSetRequest;
      readonly folder: string;
    };
    gives: ContenderFacts;
  };
  build: { takes: object; gives: BuildTimes };
  memory: { takes: object; gives: MemoryReading };
  search: { takes: SearchCommand; gives: SearchOutcome };
  details: { takes: object; gives: ContenderDetails };
  reopen: { takes: object; gives: ReopenTimes };
  bytesOnDisk: { takes: object; gives: number };
  close: { takes: object; gives: null };
}

export type CommandName = keyof Commands;

/** A command on its way to the process. */
export type Command = {
  [K in CommandName]: { readonly kind: K } & Commands[K]["takes"];
}[CommandName];

/** A reply on its way back. */
export type Reply =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

/** What a contender says about itself, and what it can do. */
export interface ContenderFacts {
  readonly name: string;
  readonly version: string;
  readonly settings: string;
  readonly parameter: string;
  readonly sweep: readonly number[];
  readonly parameterDefault: number;
  readonly can: {
    readonly filter: boolean;
    readonly batch: boolean;
    readonly details: boolean;
    readonly reopen: boolean;
  };
}

/** Resident bytes of the process and those it started, its garbage collected. Linux only: elsewhere undefined. */
export interface MemoryReading {
  readonly resident: ResidentBytes | undefined;
  /** The same before the first row was inserted: Node, the contender's code, and what is held of the data set. */
  readonly atStart: ResidentBytes | undefined;
  /** Bytes of queries and answers in the process, which are not the contender's. */
  readonly dataSetBytes: number;
}

/** Which searches to time. */
export interface SearchCommand {
  readonly how: "single" | "filtered" | "batch";
  readonly parameter: number;
  readonly limit: number;
}

/** What a pass over all queries showed. Of a batch, times are those of a call divided by its queries. */
export interface SearchFigures {
  readonly parameter: number;
  readonly recall: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** Distances computed a query; undefined if the contender does not tell. */
  readonly distances: number | undefined;
}

/** The same, and how many hits came. */
export interface SearchOutcome extends SearchFigures {
  /** Hits that came back for a query, in the mean: fewer than asked for where a filter starves the search. */
  readonly returned: number;
}

/** How long it takes to close, and to open again until the first search has answered. */
export interface ReopenTimes {
  readonly closeMs: number;
  readonly openMs: number;
}
