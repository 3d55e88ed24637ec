// The door of `omendb/server`: a database over HTTP, in the wire format of Qdrant.

import { createRequire } from "node:module";
import { OmenError } from "./base/omen-error.js";
import type { Database } from "./model/database.js";
import type { ApiKey } from "./server/access-keys.js";
import { omendbDialect } from "./server/dialect/omendb/routes.js";
import { qdrantDialect } from "./server/dialect/qdrant/routes.js";
import type { Dialect } from "./server/dialect.js";
import { createHandler, type HandlerOptions } from "./server/handler.js";
import { isLoopbackAddress } from "./server/loopback.js";
import { type Embed, pageDialect } from "./server/page/page-routes.js";
import { fetchResponse, listen } from "./server/node-listener.js";

export type { ApiKey } from "./server/access-keys.js";
export type { Embed } from "./server/page/page-routes.js";

/** How a database is served. */
export interface ServeOptions {
  /** Address to listen on. Default `"127.0.0.1"`: this machine alone. */
  readonly host?: string;
  /** Port to listen on; 0 for one that is free. Default 6333. */
  readonly port?: number;
  /** Keys of which each request must bring one. Without any, everybody who reaches the port may do everything. */
  readonly apiKeys?: readonly ApiKey[];
  /** Lets the server listen on other than loopback addresses without a key. Default false. */
  readonly insecure?: boolean;
  /** Makes vectors of texts, so that the page at `/` can search by them. */
  readonly embed?: Embed;
  /** Greatest body of a request in bytes, after decompression. Default 32 MiB. */
  readonly bodyBytesMax?: number;
  /** Milliseconds within which a request must have come whole. Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Connections at a time. Default 10,000. */
  readonly connectionsMax?: number;
}

// Our own manifest.
const { version: ownVersion } = createRequire(import.meta.url)("omendb/package.json") as {
  readonly version: string;
};

function dialectsWith(embed: Embed | undefined): Dialect[] {
  return [qdrantDialect, omendbDialect, pageDialect({ version: ownVersion, embed })];
}

/** A database that is being served. */
export interface OmenServer {
  readonly url: string;
  /** Answers what has come and stops. The database stays open. */
  close(): Promise<void>;
}

/**
 * Serves a database over HTTP. Throws OmenError `invalid`/`insecure` for an address that others reach without a key, and
 * `unavailable`/`listen_failed` where the address cannot be had.
 */
export async function serve(db: Database, options: ServeOptions = {}): Promise<OmenServer> {
  const { host = "127.0.0.1", port = 6333, apiKeys = [], insecure = false, bodyBytesMax } = options;
  const isLocal = isLoopbackAddress(host);
  if (!isLocal && apiKeys.length === 0 && !insecure) {
    const message = `host: ${host} is reached from other machines; set an API key, or say that it is insecure.`;
    throw new OmenError("invalid", "insecure", message, { field: "host", received: host });
  }
  const handler = createHandler({
    db,
    dialects: dialectsWith(options.embed),
    apiKeys,
    loopbackOnly: isLocal && apiKeys.length === 0,
    ...(bodyBytesMax === undefined ? {} : { bodyBytesMax }),
  });
  const limits = {
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    connectionsMax: options.connectionsMax ?? 10_000,
  };
  const listener = await listen(handler, { host, port }, limits).catch((cause: unknown) => {
    const message = `The server cannot listen on ${host}:${port}: ${String(cause)}. Choose another port, or stop what has it.`;
    throw new OmenError("unavailable", "listen_failed", message, { cause });
  });
  const shownHost = host.includes(":") ? `[${host}]` : host;
  return { url: `http://${shownHost}:${listener.port}`, close: () => listener.close() };
}

/** The same as a function from requests to responses of the fetch standard. */
export function fetchHandler(
  options: Omit<HandlerOptions, "dialects"> & Pick<ServeOptions, "embed">,
): (request: Request) => Promise<Response> {
  const handler = createHandler({ ...options, dialects: dialectsWith(options.embed) });
  return (request) => fetchResponse(handler, request);
}
