// One state of an LMDB environment that reads can be held to, while transactions are committed.

import type { RootDatabase, Transaction } from "./lmdb-module.js";

/**
 * A read transaction, open until its last holder releases it. Meanwhile LMDB reuses none of the pages freed after
 * it began, so a forgotten one makes the file grow with every commit. It is passed to reads as their options.
 */
export class LmdbSnapshot {
  readonly transaction: Transaction;
  readonly #ended: (snapshot: LmdbSnapshot) => void;
  #holders = 1;

  /** Begins at the newest committed transaction; `ended` is called when it is over. */
  constructor(root: RootDatabase, ended: (snapshot: LmdbSnapshot) => void) {
    root.resetReadTxn();
    this.transaction = root.useReadTransaction();
    // From here on lmdb's own reads use another transaction, so that none of its caches hold on to this one.
    root.resetReadTxn();
    this.#ended = ended;
  }

  hold(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    if (this.#holders > 0 && --this.#holders === 0) this.#end();
  }

  /** Ends it under its holders, because the environment is being closed. */
  end(): void {
    if (this.#holders === 0) return;
    this.#holders = 0;
    this.#end();
  }

  #end(): void {
    this.transaction.done();
    this.#ended(this);
  }
}
