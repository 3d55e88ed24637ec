// How many requests are worked on at a time. Those beyond wait in order; where too many wait, the next ones are refused at once, so
// that a server with too much to do answers some in time instead of all too late.

import { HttpError } from "./http-error.js";

/** Bounds on requests. */
export interface AdmissionLimits {
  /** Worked on at a time. */
  readonly runningMax: number;
  /** That wait. */
  readonly waitingMax: number;
  /** Milliseconds that one waits. */
  readonly waitMsMax: number;
}

interface Waiting {
  readonly enter: () => void;
  readonly refuse: (error: HttpError) => void;
  readonly sinceMs: number;
  readonly isGone: () => boolean;
}

/** Lets requests in. */
export class Admission {
  readonly #limits: AdmissionLimits;
  /** In order of arrival. */
  readonly #waiting = new Set<Waiting>();
  #running = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Does the work of one request when it is its turn. Throws HttpError 429 where too many wait, and 503 where its turn comes too late or its client
   * has gone.
   */
  async run<Result>(work: () => Promise<Result>, isGone: () => boolean): Promise<Result> {
    if (this.#running < this.#limits.runningMax) this.#running++;
    else await this.#wait(isGone);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #wait(isGone: () => boolean): Promise<void> {
    if (this.#waiting.size >= this.#limits.waitingMax)
      throw new HttpError(429, "Too many requests are under way; try again later", { "retry-after": "1" });
    return new Promise((enter, refuse) => {
      this.#waiting.add({ enter, refuse, sinceMs: performance.now(), isGone });
    });
  }

  /** The place goes to the next one that is still there; without one it is free. */
  #leave(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next);
      if (next.isGone()) {
        next.refuse(new HttpError(503, "The client has gone"));
      } else if (performance.now() - next.sinceMs > this.#limits.waitMsMax) {
        next.refuse(new HttpError(503, "The request waited too long", { "retry-after": "1" }));
      } else {
        next.enter();
        return;
      }
    }
    this.#running--;
  }
}
