// Routes that say what runs and whether it is well.

import type { DialectCall, DialectHandler } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import type { Route } from "../../router.js";

/** The version of Qdrant whose REST interface is spoken: clients compare it with their own. */
const spokenVersion = "1.19.0";

export const serviceRoutes: readonly Route<DialectHandler>[] = [
  { method: "GET", path: "/", access: "public", run: root },
  { method: "GET", path: "/healthz", access: "public", run: health("healthz check passed") },
  { method: "GET", path: "/livez", access: "public", run: health("healthz check passed") },
  { method: "GET", path: "/readyz", access: "public", run: health("all shards are ready") },
];

function root(_call: DialectCall): Promise<HttpResponse> {
  const body = JSON.stringify({
    title: "OmenDB, speaking the REST interface of Qdrant",
    version: spokenVersion,
  });
  return Promise.resolve({ status: 200, headers: { "content-type": "application/json" }, body });
}

function health(text: string): DialectHandler {
  return () => Promise.resolve({ status: 200, headers: { "content-type": "text/plain" }, body: text });
}
