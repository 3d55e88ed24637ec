// The threads of a database, for the layer above, which knows nothing of indexes.

import { IndexThreads, type IndexThreadsOptions } from "../vector/index-threads.js";

export type { IndexThreads } from "../vector/index-threads.js";
export { describeDeath, type ThreadDeath } from "../vector/thread-death.js";

/** The threads that all collections of a database share; each starts when there is work for it. */
export function indexThreads(options: IndexThreadsOptions): IndexThreads {
  return new IndexThreads(options);
}
