// `GET /metrics`, which Prometheus asks.

import { OmenError } from "../../base/omen-error.js";
import type { Dialect } from "../dialect.js";
import { HttpError } from "../http-error.js";
import type { RequestMetrics } from "./request-metrics.js";

const contentType = "text/plain; version=0.0.4; charset=utf-8";

/** The dialect of monitoring. It is answered however many requests wait: that is when somebody looks. */
export function metricsDialect(metrics: RequestMetrics): Dialect {
  return {
    root: "/metrics",
    body: "text",
    routes: [
      {
        method: "GET",
        path: "/metrics",
        access: "read",
        lane: "monitoring",
        run: async ({ db }) => ({
          status: 200,
          headers: { "content-type": contentType },
          body: await metrics.expose(await db.metrics()),
        }),
      },
    ],
    errorResponse: (error) => {
      const status = error instanceof HttpError ? error.status : error instanceof OmenError ? 503 : 500;
      const message = status === 500 ? "A fault of OmenDB itself" : (error as Error).message;
      const headers = error instanceof HttpError ? error.headers : {};
      return {
        status,
        headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
        body: `${message}\n`,
      };
    },
  };
}
