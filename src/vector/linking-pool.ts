// SCAFFOLD, being replaced: the worker threads that link rows for all collections of one database.

export class LinkingPool {
  readonly threadCount: number;
  constructor(threadCount: number) {
    this.threadCount = threadCount;
  }
  get runningThreads(): number {
    return 0;
  }
  async close(): Promise<void> {}
}
