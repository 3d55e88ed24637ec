// The door of `omendb/server`: a database over HTTP, in the wire format of Qdrant.

import { createRequire } from "node:module";
import { OmenError } from "./base/omen-error.js";
import type { Database } from "./model/database.js";
import type { ApiKey } from "./server/access-keys.js";
import { fetchResponse } from "./server/fetch-exchange.js";
import { isLoopbackAddress } from "./server/loopback.js";
import { type Listener, listen } from "./server/node-listener.js";
import { logEvents } from "./server/observation/database-log.js";
import {
  type HandlerOptions,
  resolveHandlerOptions,
  resolveServeOptions,
  type ServeOptions,
} from "./server/serve-options.js";
import { ServedDatabase } from "./server/served-database.js";

export type { ApiKey } from "./server/access-keys.js";
export type { GivenAccess } from "./server/grant.js";
export type { Embed } from "./server/page/page-routes.js";
export type { ServerLog } from "./server/observation/server-log.js";
export type { HandlerOptions, ServeOptions, TlsOptions } from "./server/serve-options.js";

// Our own manifest.
const { version } = createRequire(import.meta.url)("omendb/package.json") as {
  readonly version: string;
};

/** A database that is being served. */
export interface OmenServer {
  readonly url: string;
  /**
   * Exchanges the keys: requests that come from now on need one of these. Throws OmenError `invalid` and changes nothing if they are not
   * good. An empty list refuses everybody; a server that began without keys never asks for one.
   */
  replaceApiKeys(keys: readonly ApiKey[]): void;
  /** Takes no more connections, answers what has come, for `drainTimeoutMs` at most, and stops. The database stays open. */
  close(): Promise<void>;
}

/**
 * Serves a database over HTTP. Throws OmenError `invalid`/`insecure` for an address that others reach without a key, other kinds of
 * `invalid` for options that are not good, and `unavailable`/`listen_failed` where the address cannot be had.
 */
export async function serve(db: Database, options: ServeOptions = {}): Promise<OmenServer> {
  const resolved = resolveServeOptions(options);
  const { host, port, apiKeys, tls, log } = resolved;
  const now: { listener?: Listener } = {};
  const isOpen = apiKeys.length === 0 && tls?.ca === undefined;
  const served = new ServedDatabase(db, resolved, {
    version,
    from: isLoopbackAddress(host) && isOpen ? "pagesOfOwn" : "anywhere",
    listening: () => ({
      connections: now.listener?.connections ?? 0,
      responseBytes: now.listener?.responseBytes ?? 0,
    }),
  });
  const listener = await listen(served.handler, resolved).catch((cause: unknown) => {
    const message = `The server cannot listen on ${host}:${port}: ${String(cause)}. Choose another port, or stop what has it.`;
    throw new OmenError("unavailable", "listen_failed", message, { cause });
  });
  now.listener = listener;
  // Where nobody listens, failures in the background are warnings of the process, which is what a quiet log wants too.
  const stopLog = options.log === undefined ? () => undefined : logEvents(db, log);
  let closed: Promise<void> | undefined;
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return {
    url: `${tls === undefined ? "http" : "https"}://${shownHost}:${listener.port}`,
    replaceApiKeys: (keys) => served.replaceKeys(keys),
    close: () => (closed ??= listener.close().finally(stopLog)),
  };
}

/** The same as a function from requests to responses of the fetch standard. Throws OmenError `invalid`. */
export function fetchHandler({
  db,
  ...options
}: HandlerOptions & { readonly db: Database }): (request: Request) => Promise<Response> {
  const resolved = resolveHandlerOptions(options);
  const served = new ServedDatabase(db, resolved, { version, from: "anywhere" });
  return (request) => fetchResponse(served.handler, request);
}
