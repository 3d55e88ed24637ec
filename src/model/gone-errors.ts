// Errors of what was there and is not any more, the same wherever it was: in this process or behind a server.

import { OmenError } from "../base/omen-error.js";

/** The error of any call after the database was closed. */
export function databaseClosed(): OmenError {
  return new OmenError("closed", "database_closed", "The database is closed; open it again.");
}

/** The error of any call on a collection that was dropped. */
export function collectionDropped(name: string): OmenError {
  const message = `The collection ${JSON.stringify(name)} was dropped; create it again and use what that returns.`;
  return new OmenError("not_found", "collection_dropped", message);
}
