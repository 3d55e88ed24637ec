// The threads of a database, for the layer above, which knows nothing of indexes.

import { IndexThreads, type ThreadCounts } from "../vector/index-threads.js";

export type { IndexThreads } from "../vector/index-threads.js";

/** The threads that all collections of a database share; each starts when there is work for it. */
export function indexThreads(counts: ThreadCounts): IndexThreads {
  return new IndexThreads(counts);
}
