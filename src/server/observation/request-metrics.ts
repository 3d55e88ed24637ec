// What the server counts of its own work, for Prometheus. Labels have few values: routes as they are written in the code, not paths
// as they came.

import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DatabaseMetrics } from "../../model/metrics.js";
import { exposeDatabase } from "./database-exposition.js";

/** What is measured when somebody asks. */
export interface ServerGauges {
  readonly running: number;
  readonly waiting: number;
  readonly bodyBytes: number;
  readonly responseBytes: number;
  readonly connections: number;
}

/** One request that was answered. */
export interface RequestSample {
  readonly method: string;
  /** `undefined` where no route was found. */
  readonly route: string | undefined;
  readonly status: number;
  readonly seconds: number;
}

const secondsBounds = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];
const methods: ReadonlySet<string> = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** The metrics of one server. */
export class RequestMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: "omendb_http_requests_total",
    help: "Requests that were answered.",
    labelNames: ["method", "route", "status"],
    registers: [this.#registry],
  });
  readonly #seconds = new Histogram({
    name: "omendb_http_request_seconds",
    help: "From the first byte of the request until its answer is ready, reading its body and waiting included.",
    labelNames: ["method", "route"],
    buckets: secondsBounds,
    registers: [this.#registry],
  });

  constructor(gauges: () => ServerGauges) {
    const helps: Readonly<Record<keyof ServerGauges, string>> = {
      running: "Requests being worked on.",
      waiting: "Requests that wait to be worked on.",
      bodyBytes: "Bytes of bodies being read or worked on.",
      responseBytes: "Bytes of responses that their readers have not taken yet.",
      connections: "Connections that are open.",
    };
    const names: Readonly<Record<keyof ServerGauges, string>> = {
      running: "omendb_http_requests_running",
      waiting: "omendb_http_requests_waiting",
      bodyBytes: "omendb_http_body_bytes",
      responseBytes: "omendb_http_response_bytes",
      connections: "omendb_http_connections",
    };
    for (const key of ["running", "waiting", "bodyBytes", "responseBytes", "connections"] as const) {
      this.#gauge(names[key], helps[key], () => gauges()[key]);
    }
    this.#gauge("process_resident_memory_bytes", "Resident memory of the process.", () =>
      process.memoryUsage.rss(),
    );
    this.#gauge("process_heap_bytes", "Heap of JavaScript in use.", () => process.memoryUsage().heapUsed);
    this.#gauge("process_cpu_seconds", "Processor time of the process, user and system.", () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  count({ method, route = "none", status, seconds }: RequestSample): void {
    // Whoever sends a request chooses its method.
    const known = methods.has(method) ? method : "other";
    this.#requests.inc({ method: known, route, status });
    this.#seconds.observe({ method: known, route }, seconds);
  }

  /** All of it, and what the database tells, in the text format of Prometheus. */
  async expose(database: DatabaseMetrics): Promise<string> {
    return `${await this.#registry.metrics()}\n${await exposeDatabase(database)}`;
  }

  #gauge(name: string, help: string, read: () => number): void {
    const gauge: Gauge = new Gauge({ name, help, registers: [], collect: () => gauge.set(read()) });
    this.#registry.registerMetric(gauge);
  }
}
