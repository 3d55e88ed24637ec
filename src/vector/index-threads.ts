// The threads of one database: some link rows in the background, some search. They are apart, since linking comes in
// slices of milliseconds and a search takes microseconds; see docs/decisions/search-threads.md.

import { LinkingPool } from "./linking-pool.js";
import { SearchThreads } from "./search-threads.js";
import { warnOfDeath, type OnThreadDeath } from "./thread-death.js";

/** How many threads there may be of each kind. */
export interface ThreadCounts {
  readonly linkingThreads: number;
  readonly searchThreads: number;
}

/** How many threads there may be, and who is told of those that die: by default, a warning of the process tells. */
export interface IndexThreadsOptions extends ThreadCounts {
  readonly onDeath?: OnThreadDeath;
}

/** Both kinds of threads; a thread starts when there is work for it. */
export class IndexThreads {
  readonly linking: LinkingPool;
  readonly searching: SearchThreads;
  /** Threads with scratch memory in every index: 0 is the host, then come those that link, then those that search. */
  readonly scratchCount: number;

  constructor({ linkingThreads, searchThreads, onDeath = warnOfDeath }: IndexThreadsOptions) {
    this.linking = new LinkingPool(linkingThreads, onDeath);
    this.searching = new SearchThreads({
      threadCount: searchThreads,
      firstThread: linkingThreads + 1,
      onDeath,
    });
    this.scratchCount = linkingThreads + searchThreads + 1;
  }

  /** Threads that run now. */
  get running(): ThreadCounts {
    return { linkingThreads: this.linking.runningThreads, searchThreads: this.searching.runningThreads };
  }

  /** Stops all threads. No index may have work under way. */
  async close(): Promise<void> {
    await Promise.all([this.linking.close(), this.searching.close()]);
  }
}
