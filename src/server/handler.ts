// One way for every request: host, route, key, body, call, response. Whatever is thrown on it becomes a response here.

import type { Database } from "../model/database.js";
import { AccessKeys, type ApiKey } from "./access-keys.js";
import type { Dialect, DialectHandler } from "./dialect.js";
import { parseExactJson } from "../model/exact-json.js";
import { HttpError } from "./http-error.js";
import type { HttpRequest, HttpResponse } from "./http-exchange.js";
import { isLoopbackHost } from "./loopback.js";
import { pageResponse } from "./page/page-html.js";
import { readBody } from "./read-body.js";
import { Router } from "./router.js";

/** Greatest body, decompressed, unless another one is set: 32 MiB, as Qdrant's. */
export const bodyBytesDefault = 32 * 1024 * 1024;

/** What a handler serves, and to whom. */
export interface HandlerOptions {
  readonly db: Database;
  /** One of them must have the root `""`. */
  readonly dialects: readonly Dialect[];
  readonly apiKeys?: readonly ApiKey[];
  /** Greatest body in bytes, after decompression. Default 32 MiB. */
  readonly bodyBytesMax?: number;
  /** Refuses requests whose `Host` is not a loopback name, as pages that rebind a name of their own to it send them. */
  readonly loopbackOnly?: boolean;
}

/** Answers requests. Never rejects. */
export type Handler = (request: HttpRequest) => Promise<HttpResponse>;

/** Makes a handler. */
export function createHandler(options: HandlerOptions): Handler {
  const { db, dialects, apiKeys = [], bodyBytesMax = bodyBytesDefault, loopbackOnly = false } = options;
  const router = new Router<DialectHandler>(dialects.flatMap((dialect) => dialect.routes));
  const rooted = dialects.toSorted((a, b) => b.root.length - a.root.length);
  const keys = new AccessKeys(apiKeys);
  return async (request) => {
    const startMs = performance.now();
    const dialect = rooted.find(({ root }) => request.path.startsWith(root))!;
    try {
      if (loopbackOnly && !isLoopbackHost(request.header("host"))) {
        throw new HttpError(403, "Forbidden: the Host header does not name this machine");
      }
      if (isForPeople(request)) return pageResponse;
      const found = router.find(request.method, request.path);
      if (!("route" in found)) {
        // Who may not come in is not told which doors there are.
        keys.check(request, "read", undefined);
        throw unroutable(request, found.methods);
      }
      const { route, params } = found;
      keys.check(request, route.access, params["collection_name"]);
      const text = await bodyText(request, bodyBytesMax);
      const body = text === "" ? undefined : dialect.body === "json" ? jsonOf(text) : text;
      return await route.run({ db, params, query: request.query, body, startMs });
    } catch (error) {
      return dialect.errorResponse(error, startMs);
    }
  };
}

/** Browsers ask for a page; clients that speak to the same address do not. */
function isForPeople({ method, path, header }: HttpRequest): boolean {
  return method === "GET" && path === "/" && (header("accept") ?? "").includes("text/html");
}

function unroutable({ method, path }: HttpRequest, methods: readonly string[]): HttpError {
  if (methods.length === 0) return new HttpError(404, `There is nothing at ${path}`);
  return new HttpError(405, `${method} is not possible at ${path}`, { allow: methods.join(", ") });
}

async function bodyText(request: HttpRequest, bytesMax: number): Promise<string> {
  const bytes = await readBody(request, bytesMax);
  try {
    return utf8.decode(bytes);
  } catch {
    throw new HttpError(400, "Format error in JSON body: it is not UTF-8");
  }
}

function jsonOf(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch (error) {
    throw new HttpError(400, `Format error in JSON body: ${error instanceof Error ? error.message : ""}`);
  }
}

/** Refuses bytes that are not UTF-8 instead of replacing them. */
const utf8 = new TextDecoder("utf-8", { fatal: true });
