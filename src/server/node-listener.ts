// The handler behind node:http: requests in, responses out, and an end that leaves nobody half answered.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Handler } from "./handler.js";
import type { HttpRequest, HttpResponse } from "./http-exchange.js";

/** Bounds on what a connection may take, each documented at `ServeOptions`. */
export interface ListenerLimits {
  readonly requestTimeoutMs: number;
  readonly connectionsMax: number;
}

const headerBytesMax = 16 * 1024;
const keepAliveMs = 5_000;
const restPatienceMs = 2_000;

/** A server that is listening. */
export interface Listener {
  readonly port: number;
  /** Takes no more connections, answers what has come, and resolves when the last one is answered. */
  close(): Promise<void>;
}

/** Listens. Rejects where the address cannot be had. */
export async function listen(
  handler: Handler,
  { host, port }: { readonly host: string; readonly port: number },
  { requestTimeoutMs, connectionsMax }: ListenerLimits,
): Promise<Listener> {
  const server = createServer(
    {
      maxHeaderSize: headerBytesMax,
      requestTimeout: requestTimeoutMs,
      headersTimeout: Math.min(requestTimeoutMs, 10_000),
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: 1_000,
    },
    (incoming, outgoing) => {
      void respond(handler, incoming, outgoing);
    },
  );
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  // A server that listens on a port has an address with one.
  const bound = typeof address === "object" && address !== null ? address.port : port;
  return { port: bound, close: () => closeServer(server) };
}

async function respond(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const { status, headers, body } = await handler(requestOf(incoming));
  if (outgoing.destroyed) return;
  const isUnread = hasBody(incoming) && !incoming.complete;
  const ending = isUnread ? { connection: "close" } : {};
  outgoing.writeHead(status, { ...headers, ...ending, "content-length": Buffer.byteLength(body) });
  outgoing.end(incoming.method === "HEAD" ? undefined : body);
  if (isUnread) endAfterRest(incoming);
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
  const { method = "GET", url = "/", headers } = incoming;
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
  };
}

function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return headers["transfer-encoding"] !== undefined || (length !== undefined && length !== "0");
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeIdleConnections();
  });
}

/** A response as the fetch standard has it, and the request that leads to it. */
export async function fetchResponse(handler: Handler, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const { status, headers, body }: HttpResponse = await handler({
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    header: (name) => request.headers.get(name) ?? (name === "host" ? url.host : undefined),
    body: request.body === null ? undefined : chunksOf(request.body),
  });
  return new Response(typeof body === "string" ? body : new Uint8Array(body), { status, headers });
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}
