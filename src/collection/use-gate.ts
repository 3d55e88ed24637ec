// Counts the calls that are under way, so that closing and dropping wait for them, and refuses calls after that.

import type { OmenError } from "../base/omen-error.js";
import { withMemoryShortage } from "./memory-shortage.js";

export { collectionDropped, databaseClosed } from "../model/gone-errors.js";

export class UseGate {
  #activeCount = 0;
  #reason: (() => OmenError) | undefined;
  #tellEnded: () => void = () => undefined;
  #tellIdle: () => void = () => undefined;

  /** Resolves when no new calls are let in any more. */
  readonly whenEnded = new Promise<void>((resolve) => {
    this.#tellEnded = resolve;
  });

  /** Resolves when, after that, the last call is over. */
  readonly #whenIdle = new Promise<void>((resolve) => {
    this.#tellIdle = resolve;
  });

  /** Throws once the gate is closed: for calls that begin, and for reads between their slices. */
  assertOpen(): void {
    if (this.#reason !== undefined) throw this.#reason();
  }

  /** Runs a call inside the gate. The call begins at once, in this turn. */
  async use<Result>(call: () => Result | Promise<Result>): Promise<Result> {
    this.assertOpen();
    this.#activeCount++;
    try {
      return await call();
    } catch (error) {
      throw withMemoryShortage(error);
    } finally {
      this.#activeCount--;
      if (this.#activeCount === 0 && this.#reason !== undefined) this.#tellIdle();
    }
  }

  /** Refuses calls from now on, with the first reason given; resolves when those under way are over. */
  end(reason: () => OmenError): Promise<void> {
    this.#reason ??= reason;
    this.#tellEnded();
    if (this.#activeCount === 0) this.#tellIdle();
    return this.#whenIdle;
  }
}
