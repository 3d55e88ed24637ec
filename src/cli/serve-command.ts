// `omendb serve`: a folder over HTTP, until it is told to stop.

import { open } from "../index.js";
import { type ApiKey, serve } from "../server.js";
import type { CliCommand, CommandCall } from "./command.js";
import { integerOption } from "./option-values.js";

export const serveCommand: CliCommand = {
  name: "serve",
  summary: "Serves a folder over HTTP, to the clients of Qdrant and of OmenDB, until SIGINT or SIGTERM.",
  arguments: [{ name: "folder", summary: "the folder of the database; made if it is not there" }],
  options: [
    { name: "host", value: "address", summary: "address to listen on (default 127.0.0.1)" },
    { name: "port", value: "number", summary: "port to listen on, 0 for any (default 6333)" },
    { name: "api-key", value: "key", summary: "a key that may do everything" },
    { name: "read-only-api-key", value: "key", summary: "a key that may read" },
    { name: "insecure", summary: "listen on other than loopback addresses without a key" },
  ],
  run: async (call) => {
    const folder = call.argument("folder");
    const port = integerOption(call, "port");
    const host = call.option("host");
    const db = await open(folder);
    try {
      const server = await serve(db, {
        ...(port === undefined ? {} : { port }),
        ...(host === undefined ? {} : { host }),
        apiKeys: apiKeysOf(call),
        insecure: call.has("insecure"),
      });
      call.note(`Serving ${folder} at ${server.url}. Ctrl+C stops.`);
      const signal = await nextSignal();
      call.note(`${signal}: answering what has come, then closing.`);
      await server.close();
      return { json: { url: server.url, stoppedBy: signal }, text: "Stopped." };
    } finally {
      await db.close();
    }
  },
};

function apiKeysOf(call: CommandCall): ApiKey[] {
  const [full, reading] = [call.option("api-key"), call.option("read-only-api-key")];
  return [
    ...(full === undefined ? [] : [{ key: full }]),
    ...(reading === undefined ? [] : [{ key: reading, access: "read" as const }]),
  ];
}

/** A second signal ends the process at once: what was acknowledged is on disk. */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"];
    const stop = (signal: NodeJS.Signals): void => {
      for (const one of signals) process.off(one, stop);
      resolve(signal);
    };
    for (const one of signals) process.on(one, stop);
  });
}
