// What a benchmark asks of every database and index it measures. One contender is one module in contenders/, which
// exports `contender`, a function that makes one; it lives in a process of its own (contender-process.ts).

import type { DataSet } from "./data-set.js";

/**
 * A database or index under test. `Answer` is what its own search returns: it is turned into rows after the clock has
 * stopped, so that nobody pays for the form of their answers.
 */
export interface Contender<Answer = unknown> {
  readonly name: string;
  readonly version: string;
  /** How it is built, in words: what its own documentation calls the settings, and their values. */
  readonly settings: string;
  /** What it calls the parameter that trades time for recall, such as `ef`. */
  readonly parameter: string;
  /** Values of the parameter to try, ascending. */
  readonly sweep: readonly number[];
  /** The value its users get who set nothing. */
  readonly parameterDefault: number;

  /** Inserts every row, with its id and metadata where it can, and resolves when every row is in its graph. */
  build(data: DataSet, folder: string): Promise<BuildTimes>;

  /**
   * One search. The queries are the same array objects every time, so what a contender must convert (to an array of
   * numbers, say) it can keep by object, and should say so in its settings.
   */
  search(query: Float32Array, limit: number, parameter: number): Promise<Answer>;

  /** One search among the rows whose metadata has this `group`; undefined if it cannot. */
  searchFiltered?(query: Float32Array, request: FilteredRequest): Promise<Answer>;

  /** Many searches in one call; undefined if it cannot. */
  searchBatch?(
    queries: readonly Float32Array[],
    limit: number,
    parameter: number,
  ): Promise<readonly Answer[]>;

  /** Rows of an answer, best first. */
  rowsOf(answer: Answer): readonly number[];

  /** What it can tell about itself that cannot be seen from outside. */
  details?(): Promise<ContenderDetails>;

  /** Bytes of its files; 0 if it keeps none. Asked for when it was closed once and opened again. */
  bytesOnDisk(): Promise<number>;

  close(): Promise<void>;

  /** Opens from its files what `close` closed, ready to be searched; undefined if it keeps no files. */
  reopen?(): Promise<void>;
}

/** What a search among the rows of one group is asked. */
export interface FilteredRequest {
  readonly limit: number;
  readonly group: number;
  readonly parameter: number;
}

/** How long a build took. */
export interface BuildTimes {
  /** Spent in inserts until every row was acknowledged; reading the rows from the cache is left out. */
  readonly acknowledgedMs: number;
  /** By the clock, from the first insert until every row was in the graph; reading the rows is part of it. */
  readonly linkedMs: number;
  /** What an acknowledgement means, in words: "flushed to disk", "in memory only". */
  readonly durability: string;
}

/** What a contender tells about itself. */
export interface ContenderDetails {
  /** Searches and distances computed for them since it was opened: a difference of two readings is what is used. */
  readonly searches: number;
  readonly distances: number;
  readonly linkedRows: number;
  /** Linked rows that no search can reach. */
  readonly unreachableRows: number;
  /** Bytes of memory by component. */
  readonly bytes: Readonly<Record<string, number>>;
  /** Which build of its arithmetic runs. */
  readonly build: string;
  /** How it searches by default as of now, in a few words. */
  readonly plan?: string;
}

/** What a module in contenders/ exports. */
export interface ContenderModule {
  readonly contender: (options: ContenderOptions) => Contender;
}

/** What a benchmark may vary in a contender; each reads what it knows, and refuses what it does not. */
export type ContenderOptions = Readonly<Record<string, string | number>>;
