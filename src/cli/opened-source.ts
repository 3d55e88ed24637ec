// What a command works on: a folder, or the address of a server.

import { stat } from "node:fs/promises";
import { OmenError } from "../base/omen-error.js";
import type { Database } from "../model/database.js";
import { connect } from "../client.js";
import { open } from "../index.js";
import type { CommandCall, DeclaredArgument, DeclaredOption } from "./command.js";

/** The argument that names it. */
export const sourceArgument: DeclaredArgument = {
  name: "source",
  summary: "the folder of a database, or the address of a server (http://127.0.0.1:6333)",
};

/** The key for a server. */
export const apiKeyOption: DeclaredOption = {
  name: "api-key",
  value: "key",
  summary: "the API key of the server",
};

/** Whether a folder that is not there is made. */
export type MissingFolder = "make" | "refuse";

/** Opens or connects to what the command names, uses it, and closes it whatever happens. */
export async function withSource<Result>(
  call: CommandCall,
  missing: MissingFolder,
  use: (db: Database) => Promise<Result>,
): Promise<Result> {
  const source = call.argument(sourceArgument.name);
  const db = await openSource(source, call.option(apiKeyOption.name), missing);
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}

async function openSource(
  source: string,
  apiKey: string | undefined,
  missing: MissingFolder,
): Promise<Database> {
  if (/^https?:\/\//u.test(source)) return connect(source, apiKey === undefined ? {} : { apiKey });
  if (apiKey !== undefined) {
    const message = "api-key: A folder needs none; leave it out, or name the address of a server.";
    throw new OmenError("invalid", "conflicting_fields", message, { field: "api-key" });
  }
  if (missing === "refuse") await checkFolder(source);
  return open(source);
}

/** Opening would make the folder, and a mistyped path would be an empty database. */
export async function checkFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined) return;
  throw new OmenError("not_found", "folder_not_found", `There is no folder ${path}. Check the path.`);
}
