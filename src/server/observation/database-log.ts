// What a database tells by events, as lines of a log: slow searches and what happens in the background.

import { OmenError } from "../../base/omen-error.js";
import type { Database } from "../../model/database.js";
import type { DatabaseEvents } from "../../model/database-events.js";
import type { ServerLog } from "./server-log.js";

/** Writes events from now on; what is returned ends that. A client of another server has no events, and gets none written. */
export function logEvents(db: Database, log: ServerLog): () => void {
  const slowQuery = (event: DatabaseEvents["slowQuery"]): void => log.warn(event, "slow query");
  const checkpoint = (event: DatabaseEvents["checkpoint"]): void => log.debug(event, "checkpoint");
  const rebuild = (event: DatabaseEvents["rebuild"]): void => log.info(event, "index rebuilt");
  const error = ({ error: cause, message, ...event }: DatabaseEvents["error"]): void =>
    log.error({ ...event, cause: cause.message }, message);
  try {
    db.on("slowQuery", slowQuery).on("checkpoint", checkpoint).on("rebuild", rebuild).on("error", error);
  } catch (refused) {
    if (refused instanceof OmenError && refused.kind === "unsupported") return () => undefined;
    throw refused;
  }
  return () => {
    db.off("slowQuery", slowQuery).off("checkpoint", checkpoint).off("rebuild", rebuild).off("error", error);
  };
}
