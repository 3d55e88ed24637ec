// Runs asynchronous tasks one after the other, in the order in which they were given.

/** A queue of tasks of which one runs at a time. A task that fails does not stop the next. */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `task` when all tasks given before have settled; settles as it does. */
  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(task);
    this.#last = result.catch(() => {});
    return result;
  }

  /** Resolves when every task given so far has settled. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
