// A dialect translates a wire format to the interface of a database and back: its routes decode, make a call or two, and
// encode. What all dialects need, such as reading bodies and checking keys, is the server's.

import type { Database } from "../model/database.js";
import type { Grant } from "./grant.js";
import type { HttpResponse } from "./http-exchange.js";
import type { Route } from "./router.js";

/** What a route is given. */
export interface DialectCall {
  readonly db: Database;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** `undefined` where there is none. */
  readonly body: unknown;
  /** When the request came, by `performance.now()`. */
  readonly startMs: number;
  /** What the caller may do. The route's own access in the collection of its path has been checked; a route that is told of other collections, as by its body, checks them. */
  readonly grant: Grant;
}

export type DialectHandler = (call: DialectCall) => Promise<HttpResponse>;

/** A wire format. */
export interface Dialect {
  /** What the paths of its routes begin with; `""` where it has all that no other has. */
  readonly root: string;
  /** What its routes are given as body: JSON with exact integers, or the text. */
  readonly body: "json" | "text";
  readonly routes: readonly Route<DialectHandler>[];
  /** The response to whatever went wrong, in the format's own form, with the number of the request where that has room. */
  readonly errorResponse: (error: unknown, startMs: number, requestId: string) => HttpResponse;
}
