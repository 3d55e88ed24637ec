// The linking threads of a database, for the layer above, which knows nothing of indexes.

import { LinkingPool } from "../vector/linking-pool.js";

export type { LinkingPool } from "../vector/linking-pool.js";

/** The pool of linking threads that all collections of a database share; a thread starts when there is work. */
export function startLinkingPool(threadCount: number): LinkingPool {
  return new LinkingPool(threadCount);
}
