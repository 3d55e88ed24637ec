// Calls in the order in which they were made: while a request is on its way, those that come wait, and go together in the next.

import type { RemoteResult } from "../model/remote-calls.js";

/** Characters of the calls of one request, unless a single one has more. */
const requestLengthMax = 8 * 1024 * 1024;
const requestCallsMax = 500;

interface QueuedCall {
  /** The call as it is sent: what the caller changes later makes no difference. */
  readonly text: string;
  readonly resolve: (result: RemoteResult) => void;
  readonly reject: (error: unknown) => void;
}

export class CallQueue {
  readonly #send: (calls: readonly string[]) => Promise<readonly RemoteResult[]>;
  readonly #queue: QueuedCall[] = [];
  #isSending = false;

  constructor(send: (calls: readonly string[]) => Promise<readonly RemoteResult[]>) {
    this.#send = send;
  }

  /** Sends a call, encoded, when those before it are answered. */
  add(text: string): Promise<RemoteResult> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ text, resolve, reject });
      if (!this.#isSending) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    // Calls made in the same turn share the first request.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const calls = this.#take();
      try {
        const results = await this.#send(calls.map((call) => call.text));
        for (let i = 0; i < calls.length; i++) calls[i]!.resolve(results[i]!);
      } catch (error) {
        for (const call of calls) call.reject(error);
      }
    }
    this.#isSending = false;
  }

  #take(): QueuedCall[] {
    let length = 0;
    let count = 0;
    for (const { text } of this.#queue) {
      length += text.length;
      if (count > 0 && (length > requestLengthMax || count === requestCallsMax)) break;
      count++;
    }
    return this.#queue.splice(0, count);
  }
}
