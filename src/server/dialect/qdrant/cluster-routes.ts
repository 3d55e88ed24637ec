// What a collection tells of its one shard, and of the work on its indexes.

import type { DialectCall, DialectHandler } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import type { Route } from "../../router.js";
import { namedCollection } from "./named-collection.js";
import { formatError } from "./request-errors.js";
import { ok } from "./responses.js";

const one = "/collections/{collection_name}";

export const clusterRoutes: readonly Route<DialectHandler>[] = [
  { method: "GET", path: `${one}/cluster`, access: "read", run: clusterInfo },
  { method: "GET", path: `${one}/optimizations`, access: "read", run: optimizations },
];

/** `CollectionClusterInfo` of one node with one shard. */
async function clusterInfo(call: DialectCall): Promise<HttpResponse> {
  const { collection } = await namedCollection(call);
  const shard = { shard_id: 0, points_count: await collection.count(), state: "Active" };
  const result = {
    peer_id: 0,
    shard_count: 1,
    local_shards: [shard],
    remote_shards: [],
    shard_transfers: [],
  };
  return ok(result, call.startMs);
}

/** Each index of vectors is a segment here, with its rows that are not yet linked as the queue; there are no jobs to show. */
async function optimizations(call: DialectCall): Promise<HttpResponse> {
  if (call.query.has("with")) throw formatError("with", "lists are not supported yet; leave it out");
  const { collection } = await namedCollection(call);
  const { indexes } = await collection.stats();
  const queued = indexes.filter(({ tailRows }) => tailRows > 0);
  const summary = {
    queued_optimizations: queued.length,
    queued_segments: queued.length,
    queued_points: queued.reduce((sum, { tailRows }) => sum + tailRows, 0),
    idle_segments: indexes.length - queued.length,
  };
  return ok({ summary, running: [] }, call.startMs);
}
