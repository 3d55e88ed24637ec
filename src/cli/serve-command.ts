// `omendb serve`: a folder over HTTP, until it is told to stop.

import { readFileSync } from "node:fs";
import { OmenError } from "../base/omen-error.js";
import { open } from "../index.js";
import { type ApiKey, type OmenServer, serve, type ServerLog, type TlsOptions } from "../server.js";
import type { CliCommand, CommandCall } from "./command.js";
import { readKeyFile, watchKeyFile } from "./key-file.js";
import { integerOption, wrongOption } from "./option-values.js";
import { serverLogLines } from "./server-log-lines.js";

export const serveCommand: CliCommand = {
  name: "serve",
  summary: "Serves a folder over HTTP, to the clients of Qdrant and of OmenDB, until SIGINT or SIGTERM.",
  arguments: [{ name: "folder", summary: "the folder of the database; made if it is not there" }],
  options: [
    { name: "host", value: "address", summary: "address to listen on (default 127.0.0.1)" },
    { name: "port", value: "number", summary: "port to listen on, 0 for any (default 6333)" },
    { name: "api-key", value: "key", summary: "a key that may do everything" },
    { name: "read-only-api-key", value: "key", summary: "a key that may read" },
    {
      name: "key-file",
      value: "path",
      summary: "a file with hashes of keys, read again when it changes or on SIGHUP",
    },
    { name: "jwt", summary: "take JSON Web Tokens signed with the API key, with the claims of Qdrant" },
    { name: "insecure", summary: "listen on other than loopback addresses without a key" },
    { name: "tls-cert", value: "path", summary: "certificate in PEM, with its chain: speak HTTPS" },
    { name: "tls-key", value: "path", summary: "its private key in PEM" },
    {
      name: "tls-ca",
      value: "path",
      summary: "clients must have a certificate that one of these has signed",
    },
    {
      name: "slow-query-ms",
      value: "number",
      summary: "log searches of so many milliseconds (default 1000)",
    },
    {
      name: "drain-ms",
      value: "number",
      summary: "wait so long for requests under way when stopped (default 10000)",
    },
    { name: "log-level", value: "level", summary: "debug, info, warn, error or silent (default info)" },
  ],
  run: async (call) => {
    const folder = call.argument("folder");
    const log = serverLogLines(call);
    const slowQueryMs = integerOption(call, "slow-query-ms");
    // Whatever is wrong with options is told before anything is opened.
    const options = { ...optionsOf(call), log };
    const db = await open(folder, slowQueryMs === undefined ? {} : { slowQueryMs });
    try {
      const server = await serve(db, options);
      const endKeys = followKeyFile(call, server, log);
      call.note(`Serving ${folder} at ${server.url}. Ctrl+C stops.`);
      const signal = await nextSignal();
      call.note(`${signal}: answering what has come, then closing.`);
      endKeys();
      await server.close();
      return { json: { url: server.url, stoppedBy: signal }, text: "Stopped." };
    } finally {
      await db.close();
    }
  },
};

function optionsOf(call: CommandCall): Parameters<typeof serve>[1] {
  const port = integerOption(call, "port");
  const host = call.option("host");
  const drainTimeoutMs = integerOption(call, "drain-ms");
  const tls = tlsOf(call);
  return {
    apiKeys: apiKeysOf(call),
    jwt: call.has("jwt"),
    insecure: call.has("insecure"),
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(drainTimeoutMs === undefined ? {} : { drainTimeoutMs }),
    ...(tls === undefined ? {} : { tls }),
  };
}

function apiKeysOf(call: CommandCall): ApiKey[] {
  const [full, reading] = [call.option("api-key"), call.option("read-only-api-key")];
  const path = call.option("key-file");
  return [
    ...(full === undefined ? [] : [{ key: full, name: "api-key" }]),
    ...(reading === undefined ? [] : [{ key: reading, name: "read-only-api-key", access: "read" as const }]),
    ...(path === undefined ? [] : readKeyFile(path)),
  ];
}

function tlsOf(call: CommandCall): TlsOptions | undefined {
  const [cert, key, ca] = [fileOf(call, "tls-cert"), fileOf(call, "tls-key"), fileOf(call, "tls-ca")];
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if (cert === undefined) throw wrongOption("tls-cert", "", "It is needed for HTTPS, with --tls-key.");
  if (key === undefined) throw wrongOption("tls-key", "", "It is needed for HTTPS, with --tls-cert.");
  return { cert, key, ...(ca === undefined ? {} : { ca }) };
}

function fileOf(call: CommandCall, name: string): Buffer | undefined {
  const path = call.option(name);
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (error) {
    throw wrongOption(name, path, `The file cannot be read: ${error instanceof Error ? error.message : ""}.`);
  }
}

/** Keys are exchanged when the file changes, and on SIGHUP; a file that is not good changes nothing. */
function followKeyFile(call: CommandCall, server: OmenServer, log: ServerLog): () => void {
  const path = call.option("key-file");
  if (path === undefined) return () => undefined;
  const reload = (): void => {
    try {
      const keys = apiKeysOf(call);
      server.replaceApiKeys(keys);
      log.info({ path, keys: keys.length }, "keys exchanged");
    } catch (error) {
      if (!(error instanceof OmenError)) throw error;
      log.error({ path, code: error.code }, `keys stay as they were: ${error.message}`);
    }
  };
  const endWatch = watchKeyFile(path, reload);
  process.on("SIGHUP", reload);
  return () => {
    endWatch();
    process.off("SIGHUP", reload);
  };
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
