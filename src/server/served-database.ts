// A database with all that stands between it and requests: keys, limits, metrics, and the dialects that are spoken.

import type { Database } from "../model/database.js";
import type { ApiKey } from "./access-keys.js";
import { Admission } from "./admission.js";
import { Authentication } from "./authentication.js";
import { ByteBudget } from "./byte-budget.js";
import { omendbDialect } from "./dialect/omendb/routes.js";
import { qdrantDialect } from "./dialect/qdrant/routes.js";
import type { Dialect } from "./dialect.js";
import { createHandler, type Handler, type HandlerParts } from "./handler.js";
import { metricsDialect } from "./observation/metrics-routes.js";
import { RequestMetrics, type ServerGauges } from "./observation/request-metrics.js";
import { RequestObserver } from "./observation/request-observer.js";
import { pageDialect, type PageOptions } from "./page/page-routes.js";
import type { ResolvedHandlerOptions } from "./serve-options.js";

/** What a handler is told of where it stands. */
export interface Surroundings extends Pick<HandlerParts, "from"> {
  readonly version: string;
  /** Of what listens, where that is ours. */
  readonly listening?: () => Pick<ServerGauges, "connections" | "responseBytes">;
}

/** All formats that are spoken. Every route of the server is in one of them. */
export function dialectsOf(metrics: RequestMetrics, page: PageOptions): readonly Dialect[] {
  return [qdrantDialect, omendbDialect, pageDialect(page), metricsDialect(metrics)];
}

/** Answers requests to a database. */
export class ServedDatabase {
  readonly handler: Handler;
  readonly #authentication: Authentication;

  /** Throws OmenError `invalid` for keys that are none. */
  constructor(db: Database, options: ResolvedHandlerOptions, { version, from, listening }: Surroundings) {
    const { apiKeys, jwt, embed, log, bodyBytesMax, bodyBytesTotalMax } = options;
    const { runningMax, waitingMax, waitTimeoutMs } = options;
    this.#authentication = new Authentication(apiKeys, jwt ? "jwt" : "none", db);
    const admission = new Admission({ runningMax, waitingMax, waitMsMax: waitTimeoutMs });
    const bodyBudget = new ByteBudget(bodyBytesTotalMax);
    const metrics = new RequestMetrics(() => ({
      running: admission.running,
      waiting: admission.waiting,
      bodyBytes: bodyBudget.bytes,
      ...(listening?.() ?? { connections: 0, responseBytes: 0 }),
    }));
    this.handler = createHandler({
      db,
      dialects: dialectsOf(metrics, { version, embed }),
      authentication: this.#authentication,
      admission,
      bodyBudget,
      bodyBytesMax,
      from,
      observer: new RequestObserver(metrics, log),
    });
  }

  /** Throws OmenError `invalid`. */
  replaceKeys(keys: readonly ApiKey[]): void {
    this.#authentication.replaceKeys(keys);
  }
}
