// What a rig is: a test of durability that has a short form, in the test run, and a long one, by command.

/** What one run of a rig is told. */
export interface RigOrder {
  /** Repeats the run, as far as timing allows. */
  readonly seed: number;
  /** How much to do, in the unit of the rig. */
  readonly count: number;
  /** Told now and then how much of `count` is done. */
  readonly onProgress?: (done: number) => void;
}

/** What one run found. */
export interface RigReport {
  /** What was done, by name; a run that did nothing must be seen from it. */
  readonly counts: Readonly<Record<string, number>>;
  /** One line each, with all that is needed to see it again. */
  readonly failures: readonly string[];
}

/** A test of durability. */
export interface Rig {
  /** What `count` counts, such as `kills`. */
  readonly unit: string;
  /** The count of the test run, and the one that a long campaign adds up to. */
  readonly shortCount: number;
  readonly longCount: number;
  /** Why it cannot run on this machine; `undefined` where it can. */
  readonly unavailable: () => string | undefined;
  readonly run: (order: RigOrder) => Promise<RigReport>;
}
