// The calls of the interface that a client may make over a wire, with what they need: the one list that client and server
// share. What is not in it works on an embedded database only.

import type { Collection, Database } from "./database.js";

/** What a caller must be allowed to do. */
export type CallAccess = "read" | "write" | "manage";

/** Calls on a collection. */
export const collectionCalls = {
  upsert: "write",
  get: "read",
  delete: "write",
  search: "read",
  searchBatch: "read",
  list: "read",
  count: "read",
  facets: "read",
  updateMetadata: "write",
  updateVectors: "write",
  deleteVectors: "write",
  indexMetadata: "write",
  waitForIndex: "read",
  verify: "read",
  stats: "read",
} as const satisfies Partial<Record<keyof Collection, CallAccess>>;

/** Calls on the database. */
export const databaseCalls = {
  listCollections: "read",
  dropCollection: "manage",
  stats: "read",
  metrics: "read",
  verify: "manage",
} as const satisfies Partial<Record<keyof Database, CallAccess>>;

export type CollectionCall = keyof typeof collectionCalls;
export type DatabaseCall = keyof typeof databaseCalls;

/** Where a server answers them, below its root. */
export const remoteRoot = "/omendb/v1";

/** One call, as it is sent. */
export interface RemoteCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** Calls on one collection, made in this order. */
export interface RemoteCalls {
  /** Which collection of this name is meant: the one that `open` or `create` told of. */
  readonly token: string;
  readonly calls: readonly RemoteCall[];
}

/** What became of one call. */
export type RemoteResult = { readonly value?: unknown } | { readonly error: RemoteError };

/** An OmenError, as it is sent. */
export interface RemoteError {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly field?: string | undefined;
  readonly received?: string | undefined;
}
