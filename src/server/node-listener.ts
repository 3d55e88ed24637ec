// The handler behind node:http or node:https: requests in, responses out, bounds on what clients may take, and an end that leaves nobody half
// answered.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type Pending, PendingResponses } from "./byte-budget.js";
import type { Handler } from "./handler.js";
import type { HttpRequest } from "./http-exchange.js";
import type { ResolvedServeOptions } from "./serve-options.js";

const headerBytesMax = 16 * 1024;
const restPatienceMs = 2_000;

/** A server that is listening. */
export interface Listener {
  readonly port: number;
  readonly connections: number;
  /** Of responses that nobody has taken yet. */
  readonly responseBytes: number;
  /** Takes no more connections, answers what has come, and resolves when the last one is answered or its time is over. */
  close(): Promise<void>;
}

/** Listens. Rejects where the address cannot be had. */
export async function listen(handler: Handler, options: ResolvedServeOptions): Promise<Listener> {
  const listening = new NodeListener(handler, options);
  await listening.open();
  return listening;
}

class NodeListener implements Listener {
  readonly #handler: Handler;
  readonly #options: ResolvedServeOptions;
  readonly #server: Server;
  readonly #responses: PendingResponses;
  #connections = 0;
  #isClosing = false;

  constructor(handler: Handler, options: ResolvedServeOptions) {
    this.#handler = handler;
    this.#options = options;
    this.#responses = new PendingResponses(options.responseBytesTotalMax);
    this.#server = serverOf(options);
    this.#server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
      void this.#respond(incoming, outgoing);
    });
    this.#server.maxConnections = options.connectionsMax;
    this.#server.on("connection", (socket) => {
      this.#connections++;
      socket.once("close", () => this.#connections--);
    });
  }

  get port(): number {
    const address = this.#server.address();
    // A server that listens on a port has an address with one.
    return typeof address === "object" && address !== null ? address.port : this.#options.port;
  }

  get connections(): number {
    return this.#connections;
  }

  get responseBytes(): number {
    return this.#responses.bytes;
  }

  open(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    this.#isClosing = true;
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#server.closeAllConnections(), this.#options.drainTimeoutMs);
      this.#server.close((error) => {
        clearTimeout(late);
        if (error === undefined) resolve();
        else reject(error);
      });
      this.#server.closeIdleConnections();
    });
  }

  async #respond(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { status, headers, body } = await this.#handler(requestOf(incoming));
    if (outgoing.destroyed) return;
    const isUnread = hasBody(incoming) && !incoming.complete;
    const bytes = Buffer.byteLength(body);
    const ending = isUnread || this.#isClosing ? { connection: "close" } : {};
    outgoing.writeHead(status, { ...headers, ...ending, "content-length": bytes });
    this.#watch(outgoing, bytes);
    outgoing.end(incoming.method === "HEAD" ? undefined : body);
    if (isUnread) endAfterRest(incoming);
  }

  /** Counts a response until it is taken, and ends it where that takes too long. */
  #watch(outgoing: ServerResponse, bytes: number): void {
    const pending: Pending = { bytes, end: () => void outgoing.destroy() };
    this.#responses.add(pending);
    const late = setTimeout(() => outgoing.destroy(), this.#options.responseTimeoutMs);
    outgoing.once("close", () => {
      clearTimeout(late);
      this.#responses.remove(pending);
    });
  }
}

function serverOf({ tls, headersTimeoutMs, requestTimeoutMs, idleTimeoutMs }: ResolvedServeOptions): Server {
  const options = {
    maxHeaderSize: headerBytesMax,
    requestTimeout: requestTimeoutMs,
    headersTimeout: Math.min(requestTimeoutMs, headersTimeoutMs),
    keepAliveTimeout: idleTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
  };
  if (tls === undefined) return createServer(options);
  const { cert, key, ca } = tls;
  const pem = (text: string | Uint8Array): string | Buffer =>
    typeof text === "string" ? text : Buffer.from(text);
  const mutual = ca === undefined ? {} : { ca: pem(ca), requestCert: true, rejectUnauthorized: true };
  return createTlsServer({
    ...options,
    cert: pem(cert),
    key: pem(key),
    ...mutual,
    minVersion: "TLSv1.2",
    handshakeTimeout: headersTimeoutMs,
  });
}

/**
 * Lets a client that still sends finish what it sends, for a while: one that is cut off in the middle may never see the
 * answer. The rest is thrown away.
 */
function endAfterRest(incoming: IncomingMessage): void {
  const { socket } = incoming;
  incoming.unpipe();
  incoming.resume();
  const late = setTimeout(() => socket.destroy(), restPatienceMs);
  socket.once("close", () => clearTimeout(late));
}

function requestOf(incoming: IncomingMessage): HttpRequest {
  const { method = "GET", url = "/", headers, socket } = incoming;
  const mark = url.indexOf("?");
  return {
    method: method === "HEAD" ? "GET" : method,
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1)),
    header: (name) => {
      const value = headers[name];
      return Array.isArray(value) ? value.join(", ") : value;
    },
    body: hasBody(incoming) ? incoming : undefined,
    isGone: () => socket.destroyed,
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}
