// Routes that say what runs, whether it is well, and what could be better.

import { randomUUID } from "node:crypto";
import type { CollectionStats } from "../../../model/stats.js";
import type { DialectCall, DialectHandler } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import type { Route } from "../../router.js";
import { encodeParams } from "./collections.js";
import { formatError } from "./request-errors.js";
import { ok } from "./responses.js";

/** The version of Qdrant whose REST interface is spoken: clients compare it with their own. */
const spokenVersion = "1.19.0";
const title = "OmenDB, speaking the REST interface of Qdrant";

export const serviceRoutes: readonly Route<DialectHandler>[] = [
  { method: "GET", path: "/", access: "public", run: root },
  { method: "GET", path: "/healthz", access: "public", run: health("healthz check passed") },
  { method: "GET", path: "/livez", access: "public", run: health("healthz check passed") },
  { method: "GET", path: "/readyz", access: "public", run: health("all shards are ready") },
  { method: "GET", path: "/telemetry", access: "read", run: telemetry },
  { method: "GET", path: "/issues", access: "read", run: issues },
  { method: "GET", path: "/cluster", access: "read", run: cluster },
];

function root(_call: DialectCall): Promise<HttpResponse> {
  const body = JSON.stringify({ title, version: spokenVersion });
  return Promise.resolve({ status: 200, headers: { "content-type": "application/json" }, body });
}

function health(text: string): DialectHandler {
  return () => Promise.resolve({ status: 200, headers: { "content-type": "text/plain" }, body: text });
}

/** One a process, as the server tells itself from others. */
const instance = { id: randomUUID(), startup: new Date().toISOString() };

/** What runs, and with details of level 1 or more the collections in sums, without their names whether or not that is asked for. */
async function telemetry({ db, query, startMs }: DialectCall): Promise<HttpResponse> {
  const level = query.get("details_level") ?? "0";
  if (!/^\d{1,9}$/u.test(level)) throw formatError("details_level", "a whole number is expected");
  if (query.get("per_collection") === "true")
    throw formatError("per_collection", "this is not supported yet; leave it out");
  const infos = await db.listCollections();
  const collections = [];
  if (Number(level) > 0) {
    for (const { name, config } of infos) {
      const { indexes } = await (await db.collection(name)).stats();
      const vectors = indexes.reduce((sum, { liveRows }) => sum + liveRows, 0);
      collections.push({ vectors, optimizers_status: "ok", params: encodeParams(config) });
    }
  }
  const result = {
    id: instance.id,
    app: { name: title, version: spokenVersion, startup: instance.startup },
    collections: {
      number_of_collections: infos.length,
      ...(Number(level) > 0 ? { collections } : {}),
    },
  };
  return ok(result, startMs);
}

/** What slows filters down, as of now: nothing is remembered. */
async function issues({ db, startMs }: DialectCall): Promise<HttpResponse> {
  const found = [];
  for (const { name } of await db.listCollections()) {
    const stats = await (await db.collection(name)).stats();
    found.push(...issuesOf(stats));
  }
  return ok({ issues: found }, startMs);
}

function issuesOf({ name, metadata }: CollectionStats): { [key: string]: string }[] {
  if (metadata.hasAllFields) return [];
  const description = `Some keys of the payload of \`${name}\` are in no index: filters on them read the payload of every point.`;
  return [
    {
      id: `UNINDEXED_FIELD/${name}`,
      description,
      solution: "Create an index for the keys that filters use.",
    },
  ];
}

/** There is one node. */
function cluster({ startMs }: DialectCall): Promise<HttpResponse> {
  return Promise.resolve(ok({ status: "disabled" }, startMs));
}
