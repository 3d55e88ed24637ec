// The result of every write. It is durable when it is told, whether the client waits for that or not.

import type { DialectCall } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import { ok } from "./responses.js";

let operations = 0;

/** `UpdateResult`: `completed` for a client that waits, `acknowledged` for one that does not. */
export function updateResult({ query }: DialectCall): {
  readonly operation_id: number;
  readonly status: string;
} {
  const isAwaited = query.get("wait") === "true";
  return { operation_id: operations++, status: isAwaited ? "completed" : "acknowledged" };
}

/** The response to a write. */
export function updated(call: DialectCall): HttpResponse {
  return ok(updateResult(call), call.startMs);
}
