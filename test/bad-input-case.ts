// What a case of bad input is: what is passed, and the code and field of the error it must give.

import type { Collection, Database, OmenErrorKind } from "omendb";

/** Something bad, with the error it gives. */
interface Bad {
  readonly title: string;
  /** `"invalid"` if absent. */
  readonly kind?: OmenErrorKind;
  readonly code: string;
  readonly field: string;
}

/** Bad points for `upsert`. */
export interface BadPoints extends Bad {
  readonly points: unknown;
  /** For the collection with the named fields `a` (2 components) and `b` (1 component). */
  readonly named?: true;
}

/** Where a bad call is made. */
export interface Callees {
  readonly plain: Collection;
  readonly named: Collection;
  readonly db: Database;
}

/** Any other bad call. */
export interface BadCall extends Bad {
  readonly call: (callees: Callees) => Promise<unknown>;
}

/** A bad configuration. */
export interface BadConfig extends Bad {
  readonly config: unknown;
}
