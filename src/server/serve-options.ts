// The options of a server: what they are, what they are without being given, and what is refused.

import { OmenError } from "../base/omen-error.js";
import { decodeBoolean, decodeFields, decodeInteger, type IntegerRange } from "../model/decode-object.js";
import { invalidInput } from "../model/invalid-input.js";
import type { ApiKey } from "./access-keys.js";
import { isLoopbackAddress } from "./loopback.js";
import { quietLog, type ServerLog } from "./observation/server-log.js";
import type { Embed } from "./page/page-routes.js";

/** Certificates in PEM, with chains. */
export interface TlsOptions {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
  /** Clients must show a certificate that one of these has signed. Without it they need none. */
  readonly ca?: string | Uint8Array;
}

/** What holds for a database that is served, by whatever listens. */
export interface HandlerOptions {
  /** Keys of which each request must bring one. Without any, everybody who reaches the server may do everything. */
  readonly apiKeys?: readonly ApiKey[];
  /** Takes JSON Web Tokens too, with the claims of Qdrant, signed by HS256 with a key that may do everything. Default false. */
  readonly jwt?: boolean;
  /** Makes vectors of texts, so that the page at `/` can search by them. */
  readonly embed?: Embed;
  /** Where lines of the log go: a logger of pino, or another of its form. Without it only faults of OmenDB are told, as warnings of the process. */
  readonly log?: ServerLog;
  /** Greatest body of a request in bytes, after decompression: 1 KiB to 1 GiB. Default 32 MiB. */
  readonly bodyBytesMax?: number;
  /** Greatest sum of all bodies being read or worked on: 1 MiB to 64 GiB. Default 256 MiB. */
  readonly bodyBytesTotalMax?: number;
  /** Requests that are worked on at a time: 1 to 65,536. Default 256. */
  readonly runningMax?: number;
  /** Requests that wait to be worked on; the next one is answered with 429: 0 to 1,000,000. Default 1,024. */
  readonly waitingMax?: number;
  /** Milliseconds that a request waits at most, before 503: 1 to 3,600,000. Default 10,000. */
  readonly waitTimeoutMs?: number;
}

/** How a database is served. */
export interface ServeOptions extends HandlerOptions {
  /** Address to listen on. Default `"127.0.0.1"`: this machine alone. */
  readonly host?: string;
  /** Port to listen on; 0 for one that is free. Default 6333. */
  readonly port?: number;
  /** Lets the server listen on other than loopback addresses without a key. Default false. */
  readonly insecure?: boolean;
  /** Speaks HTTPS. */
  readonly tls?: TlsOptions;
  /** Milliseconds within which the headers of a request must have come whole. 1 to 3,600,000. Default 10,000. */
  readonly headersTimeoutMs?: number;
  /** Milliseconds within which a request must have come whole. Default 60,000. */
  readonly requestTimeoutMs?: number;
  /** Milliseconds within which a response must have been taken. Default 60,000. */
  readonly responseTimeoutMs?: number;
  /** Milliseconds that a connection stays open between requests. Default 5,000. */
  readonly idleTimeoutMs?: number;
  /** Connections at a time: 1 to 1,000,000. Default 10,000. */
  readonly connectionsMax?: number;
  /** Greatest sum of responses that clients have not taken: 1 MiB to 64 GiB. The oldest are cut off beyond it. Default 256 MiB. */
  readonly responseBytesTotalMax?: number;
  /** Milliseconds that `close` waits for requests under way. Default 10,000. */
  readonly drainTimeoutMs?: number;
}

type Resolved<Options, Without extends keyof Options> = {
  readonly [Name in Exclude<keyof Options, Without>]-?: Exclude<Options[Name], undefined>;
};

/** Every default resolved. */
export type ResolvedHandlerOptions = Resolved<HandlerOptions, "embed"> & Pick<HandlerOptions, "embed">;
/** Every default resolved. */
export type ResolvedServeOptions = Resolved<ServeOptions, "embed" | "tls"> &
  Pick<ServeOptions, "embed" | "tls">;

const mebibyte = 1024 * 1024;
const timeout = (fallback: number): IntegerRange => ({ min: 1, max: 3_600_000, fallback });
const totalBytes: IntegerRange = { min: mebibyte, max: 65_536 * mebibyte, fallback: 256 * mebibyte };

const handlerNumbers = {
  bodyBytesMax: { min: 1024, max: 1024 * mebibyte, fallback: 32 * mebibyte },
  bodyBytesTotalMax: totalBytes,
  runningMax: { min: 1, max: 65_536, fallback: 256 },
  waitingMax: { min: 0, max: 1_000_000, fallback: 1024 },
  waitTimeoutMs: timeout(10_000),
} satisfies Readonly<Record<string, IntegerRange>>;

const serveNumbers = {
  port: { min: 0, max: 65_535, fallback: 6333 },
  headersTimeoutMs: timeout(10_000),
  requestTimeoutMs: timeout(60_000),
  responseTimeoutMs: timeout(60_000),
  idleTimeoutMs: timeout(5_000),
  connectionsMax: { min: 1, max: 1_000_000, fallback: 10_000 },
  responseBytesTotalMax: totalBytes,
  drainTimeoutMs: timeout(10_000),
} satisfies Readonly<Record<string, IntegerRange>>;

const handlerNames = ["apiKeys", "jwt", "embed", "log", ...namesOf(handlerNumbers)] as const;
const serveNames = [...handlerNames, "host", "insecure", "tls", ...namesOf(serveNumbers)] as const;

/** Throws OmenError `invalid`. Keys are looked at by who keeps them. */
export function resolveHandlerOptions(options: HandlerOptions): ResolvedHandlerOptions {
  decodeFields(options, "options", handlerNames);
  return resolveShared(options);
}

/** Throws OmenError `invalid`, also for an address that others reach without a key: `insecure`. */
export function resolveServeOptions(options: ServeOptions): ResolvedServeOptions {
  decodeFields(options, "options", serveNames);
  const { host = "127.0.0.1", tls } = options;
  if (typeof host !== "string") throw invalidInput("wrong_type", "host", host, "A string is needed.");
  const resolved = {
    ...resolveShared(options),
    ...resolveNumbers(options, serveNumbers),
    host,
    insecure: decodeBoolean(options.insecure, "insecure"),
    ...(tls === undefined ? {} : { tls: decodeTls(tls) }),
  };
  const isOpen = resolved.apiKeys.length === 0 && tls?.ca === undefined;
  if (!isLoopbackAddress(host) && isOpen && !resolved.insecure) {
    const message = `host: ${host} is reached from other machines; set an API key, or say that it is insecure.`;
    throw new OmenError("invalid", "insecure", message, { field: "host", received: host });
  }
  return resolved;
}

function resolveShared(options: HandlerOptions): ResolvedHandlerOptions {
  const { apiKeys = [], embed, log = quietLog } = options;
  if (embed !== undefined && typeof embed !== "function")
    throw invalidInput("wrong_type", "embed", embed, "A function is needed.");
  for (const level of ["debug", "info", "warn", "error"] as const) {
    if (typeof log?.[level] !== "function")
      throw invalidInput("wrong_type", "log", log, "A logger with debug, info, warn and error is needed.");
  }
  return {
    apiKeys,
    jwt: decodeBoolean(options.jwt, "jwt"),
    log,
    ...(embed === undefined ? {} : { embed }),
    ...resolveNumbers(options, handlerNumbers),
  };
}

function decodeTls(value: unknown): TlsOptions {
  const tls = decodeFields(value, "tls", ["cert", "key", "ca"]);
  const pem = (name: "cert" | "key" | "ca"): string | Uint8Array => {
    const given = tls[name];
    if (typeof given === "string" || given instanceof Uint8Array) return given;
    // What it is instead may be a key.
    throw invalidInput("wrong_type", `tls.${name}`, typeof given, "Text or bytes in PEM are needed.");
  };
  return { cert: pem("cert"), key: pem("key"), ...(tls.ca === undefined ? {} : { ca: pem("ca") }) };
}

function namesOf<Name extends string>(numbers: Readonly<Record<Name, IntegerRange>>): readonly Name[] {
  // The keys of an object literal.
  return Object.keys(numbers) as Name[];
}

function resolveNumbers<Name extends string>(
  options: object,
  numbers: Readonly<Record<Name, IntegerRange>>,
): Readonly<Record<Name, number>> {
  const given = new Map<string, unknown>(Object.entries(options));
  const resolved = namesOf(numbers).map((name) => [
    name,
    decodeInteger(given.get(name), name, numbers[name]),
  ]);
  // One entry for each name.
  return Object.fromEntries(resolved) as Record<Name, number>;
}
