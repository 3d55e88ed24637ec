// Follows one request from its first byte to its answer: a number of its own, a line of the log, metrics and a span.

import { randomUUID } from "node:crypto";
import { OmenError } from "../../base/omen-error.js";
import type { HttpRequest, HttpResponse } from "../http-exchange.js";
import { HttpError } from "../http-error.js";
import type { RequestMetrics } from "./request-metrics.js";
import { loadSpans, type Span } from "./request-spans.js";
import type { ServerLog } from "./server-log.js";

/** What becomes known of a request while it is worked on. */
export interface SeenRequest {
  readonly requestId: string;
  /** By `performance.now()`. */
  readonly startMs: number;
  /** As the route is written in the code. */
  route?: string;
  /** The name of the key or the subject of the token. */
  caller?: string | undefined;
  /** What was thrown. */
  error?: unknown;
}

const idHeader = "x-request-id";
const saneId = /^[\w.:/+=-]{1,128}$/u;

/** Watches the requests of one server. */
export class RequestObserver {
  readonly #metrics: RequestMetrics;
  readonly #log: ServerLog;
  readonly #loading: Promise<Span>;
  #span: Span | undefined;

  constructor(metrics: RequestMetrics, log: ServerLog) {
    this.#metrics = metrics;
    this.#log = log;
    this.#loading = loadSpans().then((span) => (this.#span = span));
  }

  /** Has a request answered. The response says its number. */
  async observe(
    request: HttpRequest,
    answer: (seen: SeenRequest) => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const given = request.header(idHeader);
    const requestId = given !== undefined && saneId.test(given) ? given : randomUUID();
    const seen: SeenRequest = { requestId, startMs: performance.now() };
    const span = this.#span ?? (await this.#loading);
    const { response } = await span(request, async () => {
      const response = await answer(seen);
      return { response, route: seen.route, status: response.status };
    });
    this.#tell(request, response, seen);
    return { ...response, headers: { ...response.headers, [idHeader]: requestId } };
  }

  #tell({ method }: HttpRequest, { status, body }: HttpResponse, seen: SeenRequest): void {
    const { requestId, startMs, route, caller, error } = seen;
    const durationMs = performance.now() - startMs;
    this.#metrics.count({ method, route, status, seconds: durationMs / 1000 });
    const fields = {
      requestId,
      method: method.slice(0, 20),
      route,
      status,
      durationMs: Math.round(durationMs * 1000) / 1000,
      bytes: body.length,
      caller,
    };
    if (error === undefined) {
      this.#log.debug(fields, "request");
    } else if (error instanceof HttpError || error instanceof OmenError) {
      // Messages of errors show values that were received, so the log has the code alone.
      const code = error instanceof OmenError ? error.code : `http_${error.status}`;
      const line = { ...fields, code };
      if (status >= 500 || status === 429) this.#log.warn(line, "request refused");
      else this.#log.info(line, "request refused");
    } else {
      this.#log.error({ ...fields, stack: stackOf(error) }, "a fault of OmenDB");
    }
  }
}

/** Where it was thrown, without the message, which may show what was received. */
function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  const lines = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return [error.name, ...lines].join("\n");
}
