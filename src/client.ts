// The door of `omendb/client`: a database that another process serves.

import { OmenError } from "./base/omen-error.js";
import { RemoteDatabase } from "./client/remote-database.js";
import { Wire } from "./client/wire.js";
import type { Database } from "./model/database.js";

export { OmenError, type OmenErrorDetails, type OmenErrorKind } from "./base/omen-error.js";
export type { Collection, Database } from "./model/database.js";

/** What `connect` takes beside the address. */
export interface ConnectOptions {
  /** The API key, where the server asks for one. */
  readonly apiKey?: string;
}

/**
 * Connects to a server of OmenDB: the same interface as an embedded database has. Closing it ends this connection, not the
 * database. Throws OmenError: `invalid`/`url` for an address that is none; `unavailable`/`server_unreachable` where nobody
 * answers, `server_unknown` where it is something else.
 *
 * @example
 * const db = await connect("http://127.0.0.1:6333"); // instead of open("./data")
 */
export async function connect(url: string, options: ConnectOptions = {}): Promise<Database> {
  const base = URL.canParse(url) ? new URL(url) : undefined;
  if (base === undefined || !/^https?:$/u.test(base.protocol)) {
    const message = `url: An address with http or https is needed. Received ${JSON.stringify(url)}.`;
    throw new OmenError("invalid", "url", message, { field: "url", received: JSON.stringify(url) });
  }
  const db = new RemoteDatabase(new Wire({ url: base.href.replace(/\/+$/u, ""), apiKey: options.apiKey }));
  await db.listCollections();
  return db;
}
