// The handler behind the requests and responses of the fetch standard, for programs that have a server of their own.

import type { Handler } from "./handler.js";

/** The response to a request. */
export async function fetchResponse(handler: Handler, request: Request): Promise<Response> {
  const url = new URL(request.url);
  const { status, headers, body } = await handler({
    method: request.method,
    path: url.pathname,
    query: url.searchParams,
    header: (name) => request.headers.get(name) ?? (name === "host" ? url.host : undefined),
    body: request.body === null ? undefined : chunksOf(request.body),
    isGone: () => request.signal.aborted,
  });
  return new Response(typeof body === "string" ? body : new Uint8Array(body), { status, headers });
}

async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
}
