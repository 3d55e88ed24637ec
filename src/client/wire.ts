// The way to a server: requests out, values or the server's errors back.

import { OmenError, omenErrorKinds } from "../base/omen-error.js";
import { isPlainObject } from "../model/invalid-input.js";
import { remoteRoot, type RemoteError, type RemoteResult } from "../model/remote-calls.js";
import { decodeWireValue, encodeWireValue } from "../model/wire-value.js";

/** Where a server is, and what it asks for. */
export interface WireOptions {
  readonly url: string;
  readonly apiKey: string | undefined;
}

export class Wire {
  readonly #options: WireOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** Makes one call and gives its value. */
  async call(path: string, args: readonly unknown[]): Promise<unknown> {
    const [result] = await this.send(path, encodeWireValue(args));
    return valueOf(result);
  }

  /** Makes calls on a collection, each encoded. */
  callAll(path: string, token: string, calls: readonly string[]): Promise<readonly RemoteResult[]> {
    return this.send(path, `{"token":${JSON.stringify(token)},"calls":[${calls.join(",")}]}`);
  }

  /** Throws OmenError `closed` once it is. */
  assertOpen(): void {
    if (this.#isClosed) {
      throw new OmenError("closed", "database_closed", "The database is closed; connect again.");
    }
  }

  /** Refuses calls from now on; resolves when those under way are answered. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled(this.#underWay);
  }

  async send(path: string, body: string): Promise<readonly RemoteResult[]> {
    this.assertOpen();
    const answer = this.#post(path, body);
    this.#underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.#underWay.delete(answer);
    }
  }

  async #post(path: string, body: string): Promise<readonly RemoteResult[]> {
    const { url, apiKey } = this.#options;
    const headers = {
      "content-type": "application/json",
      ...(apiKey === undefined ? {} : { "api-key": apiKey }),
    };
    let text: string;
    try {
      const response = await fetch(`${url}${remoteRoot}${path}`, { method: "POST", headers, body });
      text = await response.text();
    } catch (cause) {
      const message = `${url} does not answer; whether a write that was sent has taken effect is not known.`;
      throw new OmenError("unavailable", "server_unreachable", message, { cause });
    }
    return resultsOf(text, url);
  }
}

/** The value of a result; throws the error that the server tells of. */
export function valueOf(result: RemoteResult | undefined): unknown {
  if (result === undefined || "error" in result) throw errorOf(result?.error);
  return result.value;
}

function resultsOf(text: string, url: string): readonly RemoteResult[] {
  const message = `${url} is no server of OmenDB, or of another version.`;
  let results: unknown;
  try {
    results = decodeWireValue(text);
  } catch (cause) {
    throw new OmenError("unavailable", "server_unknown", message, { cause });
  }
  if (!Array.isArray(results) || !results.every(isResult))
    throw new OmenError("unavailable", "server_unknown", message);
  const [first] = results;
  // An error of the request as such stands alone.
  if (results.length === 1 && first !== undefined && "error" in first) throw errorOf(first.error);
  return results;
}

function isResult(result: unknown): result is RemoteResult {
  // A call that gives nothing has no value.
  return isPlainObject(result) && (!("error" in result) || isPlainObject(result["error"]));
}

function errorOf(error: RemoteError | undefined): OmenError {
  const {
    kind = "",
    code = "server_unknown",
    message = "The server told of an error without saying which.",
  } = error ?? {};
  const { field, received } = error ?? {};
  const known = omenErrorKinds.find((one) => one === kind);
  return new OmenError(known ?? "unavailable", code, message, {
    ...(field === undefined ? {} : { field }),
    ...(received === undefined ? {} : { received }),
  });
}
