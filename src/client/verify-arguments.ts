// What of the options of `verify` can be sent to another process.

import { OmenError } from "../base/omen-error.js";
import type { VerifyOptions } from "../model/database-check.js";

/** The arguments of the call over a wire. Throws OmenError unsupported (`remote_progress`) for what only works in one process. */
export function verifyArguments(options: VerifyOptions | undefined): readonly unknown[] {
  if (options === undefined) return [];
  if (options.onProgress === undefined) return [options];
  const message = `options.onProgress: A served database does not tell how far it is. Leave it out.`;
  throw new OmenError("unsupported", "remote_progress", message, { field: "options.onProgress" });
}
