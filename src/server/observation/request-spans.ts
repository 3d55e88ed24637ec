// A span of OpenTelemetry for each request, where `@opentelemetry/api` is installed and a program has set an SDK up; else nothing.
// Names of attributes are those of https://opentelemetry.io/docs/specs/semconv/http/http-spans/.

import type * as Api from "@opentelemetry/api";
import type { HttpRequest } from "../http-exchange.js";

/** What a span is told when its request is answered. */
export interface Answered {
  /** `undefined` where no route was found. */
  readonly route: string | undefined;
  readonly status: number;
}

/** Does the work of a request inside a span. */
export type Span = <Result extends Answered>(
  request: HttpRequest,
  work: () => Promise<Result>,
) => Promise<Result>;

const without: Span = (_request, work) => work();

/** Names that a propagator may read: those of W3C Trace Context. */
const propagated = ["traceparent", "tracestate", "baggage"];

/** Loads the package once. */
export async function loadSpans(): Promise<Span> {
  let api: typeof Api;
  try {
    api = await import("@opentelemetry/api");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return without;
    throw error;
  }
  const { context, propagation, trace, SpanKind, SpanStatusCode } = api;
  const getter = {
    keys: () => propagated,
    get: (request: HttpRequest, name: string) => request.header(name),
  };
  return async (request, work) => {
    const parent = propagation.extract(context.active(), request, getter);
    const attributes = { "http.request.method": request.method, "url.path": request.path };
    const span = trace
      .getTracer("omendb")
      .startSpan(request.method, { kind: SpanKind.SERVER, attributes }, parent);
    try {
      const result = await context.with(trace.setSpan(parent, span), work);
      const { route, status } = result;
      span.setAttribute("http.response.status_code", status);
      if (route !== undefined)
        span.setAttribute("http.route", route).updateName(`${request.method} ${route}`);
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      return result;
    } finally {
      span.end();
    }
  };
}
