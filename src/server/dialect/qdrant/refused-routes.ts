// Routes of Qdrant's interface that have no meaning here, or none yet: each is refused by name, so that nobody takes a wrong
// address for a missing feature. docs/reference/qdrant-coverage.md lists them.

import type { DialectHandler } from "../../dialect.js";
import type { Route } from "../../router.js";
import { badRequest } from "./request-errors.js";

const one = "/collections/{collection_name}";
const shard = `${one}/shards/{shard_id}`;

/** What clients of a single Qdrant node are told, in its words. */
const noCluster = "Distributed mode disabled";
const noShards = "a collection has one shard here, whose snapshots are those of the collection";
const noQueries = "it is not supported yet; use `query` with the nearest points";
const noAliases = "aliases are not supported yet";
const noSnapshots = "snapshots are not supported yet; the folder of a database is backed up by OmenDB itself";
const noMatrices = "matrices of distances are not supported yet";

const refusals: readonly (readonly [
  method: Route<unknown>["method"],
  access: Route<unknown>["access"],
  path: string,
  why: string,
])[] = [
  ["GET", "read", "/cluster/telemetry", noCluster],
  ["POST", "manage", "/cluster/recover", noCluster],
  ["DELETE", "manage", "/cluster/peer/{peer_id}", noCluster],
  ["POST", "manage", `${one}/cluster`, noCluster],
  ["GET", "read", `${one}/shards`, noCluster],
  ["PUT", "manage", `${one}/shards`, noCluster],
  ["POST", "manage", `${one}/shards/delete`, noCluster],
  ["GET", "read", "/quotas", "quotas are not supported"],
  ["PUT", "manage", "/quotas", "quotas are not supported"],
  ["DELETE", "manage", "/issues", "issues are told as they are and go away with their causes"],
  ["PUT", "manage", `${one}/vectors/{vector_name}`, "vectors are named when a collection is created"],
  ["DELETE", "manage", `${one}/vectors/{vector_name}`, "vectors are named when a collection is created"],
  ["GET", "read", `${shard}/snapshot`, noShards],
  ["POST", "manage", `${shard}/snapshots/upload`, noShards],
  ["PUT", "manage", `${shard}/snapshots/recover`, noShards],
  ["GET", "read", `${shard}/snapshots`, noShards],
  ["POST", "manage", `${shard}/snapshots`, noShards],
  ["DELETE", "manage", `${shard}/snapshots/{snapshot_name}`, noShards],
  ["GET", "read", `${shard}/snapshots/{snapshot_name}`, noShards],
  ["POST", "manage", "/collections/aliases", noAliases],
  ["GET", "read", "/aliases", noAliases],
  ["GET", "read", `${one}/aliases`, noAliases],
  ["GET", "read", `${one}/snapshots`, noSnapshots],
  ["POST", "manage", `${one}/snapshots`, noSnapshots],
  ["POST", "manage", `${one}/snapshots/upload`, noSnapshots],
  ["PUT", "manage", `${one}/snapshots/recover`, noSnapshots],
  ["GET", "manage", `${one}/snapshots/{snapshot_name}`, noSnapshots],
  ["DELETE", "manage", `${one}/snapshots/{snapshot_name}`, noSnapshots],
  ["GET", "read", "/snapshots", noSnapshots],
  ["POST", "manage", "/snapshots", noSnapshots],
  ["GET", "manage", "/snapshots/{snapshot_name}", noSnapshots],
  ["DELETE", "manage", "/snapshots/{snapshot_name}", noSnapshots],
  ["POST", "read", `${one}/points/search/matrix/pairs`, noMatrices],
  ["POST", "read", `${one}/points/search/matrix/offsets`, noMatrices],
  ["POST", "read", `${one}/points/recommend`, noQueries],
  ["POST", "read", `${one}/points/recommend/batch`, noQueries],
  ["POST", "read", `${one}/points/recommend/groups`, noQueries],
  ["POST", "read", `${one}/points/discover`, noQueries],
  ["POST", "read", `${one}/points/discover/batch`, noQueries],
];

export const refusedRoutes: readonly Route<DialectHandler>[] = refusals.map(
  ([method, access, path, why]) => ({ method, access, path, run: () => Promise.reject(badRequest(why)) }),
);
