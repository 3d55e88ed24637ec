// The door of the embedded database: decodes what `open` is given and finds the place that the path names.

import type { Database, OpenOptions } from "../model/database.js";
import { decodeOpenOptions } from "../model/decode-config.js";
import { invalidInput } from "../model/invalid-input.js";
import { defaults } from "../model/limits.js";
import { EmbeddedDatabase } from "./embedded-database.js";
import { orFolderUnusable } from "./database-folder.js";
import { FolderBacking } from "./folder-backing.js";
import { MemoryBacking, memoryPath } from "./memory-backing.js";

/**
 * Opens the database in a folder, which is made if it does not exist, or one in memory for the path `":memory:"`.
 * One opener at a time holds a folder, until it closes the database or its process ends.
 *
 * Throws OmenError: `conflict`/`folder_locked` if the folder is open already, here or in another process (the message
 * says in which); `invalid`/`path_not_folder` if the path is a file; `invalid`/`not_a_database` if the folder holds
 * something else; `unavailable`/`folder_unusable` if it cannot be made or written; `corrupt` if it is damaged.
 *
 * @example
 * const db = await open("./data");
 * const films = await db.createCollection("films", { dimension: 512 });
 */
export async function open(path: string, options?: OpenOptions): Promise<Database> {
  const decoded = decodeOpenOptions(options);
  const given: unknown = path;
  if (typeof given !== "string" || given === "" || given.includes("\0")) {
    throw invalidInput("path", "path", given, `The path of a folder, or "${memoryPath}", is needed.`);
  }
  const { durability } = decoded;
  if (path === memoryPath && durability !== undefined) {
    const message = "A database in memory is as durable as its process; leave this out.";
    throw invalidInput("conflicting_fields", "options.durability", durability.kind, message);
  }
  const backing =
    path === memoryPath
      ? new MemoryBacking()
      : await orFolderUnusable(path, FolderBacking.open(path, durability ?? { kind: defaults.durability }));
  return new EmbeddedDatabase(backing, decoded);
}
