// A collection that another process serves. Writes keep the order of their calls: those made while others are on their way go
// together in the next request, so that they share a commit there.

import type { IndexedMetadata } from "../model/collection-config.js";
import type { CollectionCheck } from "../model/collection-check.js";
import type { Collection } from "../model/database.js";
import type { VerifyOptions } from "../model/database-check.js";
import type { ColumnsInput, Point, PointId, PointInput } from "../model/point.js";
import { collectionCalls, type CollectionCall, type RemoteResult } from "../model/remote-calls.js";
import type {
  ConditionalUpsertResult,
  CountRequest,
  ExplainedSearch,
  ExplainedSearchRequest,
  FacetsRequest,
  FacetsResult,
  GetOptions,
  GroupedSearchRequest,
  Hit,
  ListRequest,
  ListResult,
  MetadataChange,
  OrderedListRequest,
  OrderedListResult,
  PointSelector,
  SearchGroup,
  SearchRequest,
  UpsertOptions,
  UpsertResult,
  VectorUpdate,
} from "../model/requests.js";
import type { CollectionStats } from "../model/stats.js";
import { encodeWireValue } from "../model/wire-value.js";
import { CallQueue } from "./call-queue.js";
import { verifyArguments } from "./verify-arguments.js";
import { valueOf, type Wire } from "./wire.js";

/** Which collection of the server it is. */
export interface RemotePlace {
  readonly path: string;
  readonly token: string;
}

export class RemoteCollection implements Collection {
  readonly name: string;
  readonly #wire: Wire;
  readonly #place: RemotePlace;
  readonly #writes: CallQueue;

  constructor(name: string, wire: Wire, place: RemotePlace) {
    this.name = name;
    this.#wire = wire;
    this.#place = place;
    this.#writes = new CallQueue((calls) => this.#send("writes", calls));
  }

  async upsert(points: readonly PointInput[] | ColumnsInput): Promise<UpsertResult>;
  async upsert(
    points: readonly PointInput[] | ColumnsInput,
    options: UpsertOptions,
  ): Promise<ConditionalUpsertResult>;
  async upsert(points: readonly PointInput[] | ColumnsInput, options?: UpsertOptions): Promise<UpsertResult> {
    return this.#call("upsert", [points, options]);
  }

  async get(ids: readonly PointId[], options?: GetOptions): Promise<(Point | undefined)[]> {
    return this.#call("get", [ids, options]);
  }

  async delete(target: PointSelector): Promise<{ deleted: number }> {
    return this.#call("delete", [target]);
  }

  async search(request: GroupedSearchRequest): Promise<SearchGroup[]>;
  async search(request: ExplainedSearchRequest): Promise<ExplainedSearch>;
  async search(request: SearchRequest): Promise<Hit[]>;
  async search(
    request: SearchRequest | GroupedSearchRequest | ExplainedSearchRequest,
  ): Promise<Hit[] | SearchGroup[] | ExplainedSearch> {
    return this.#call("search", [request]);
  }

  async searchBatch(requests: readonly SearchRequest[]): Promise<Hit[][]> {
    return this.#call("searchBatch", [requests]);
  }

  async list(request: OrderedListRequest): Promise<OrderedListResult>;
  async list(request?: ListRequest): Promise<ListResult>;
  async list(request?: ListRequest | OrderedListRequest): Promise<ListResult | OrderedListResult> {
    return this.#call("list", [request]);
  }

  async count(request?: CountRequest): Promise<number> {
    return this.#call("count", [request]);
  }

  async facets(request: FacetsRequest): Promise<FacetsResult> {
    return this.#call("facets", [request]);
  }

  async updateMetadata(target: PointSelector, change: MetadataChange): Promise<{ updated: number }> {
    return this.#call("updateMetadata", [target, change]);
  }

  async updateVectors(points: readonly VectorUpdate[]): Promise<{ updated: number }> {
    return this.#call("updateVectors", [points]);
  }

  async deleteVectors(target: PointSelector, names: readonly string[]): Promise<{ updated: number }> {
    return this.#call("deleteVectors", [target, names]);
  }

  async indexMetadata(indexed: IndexedMetadata): Promise<void> {
    return this.#call("indexMetadata", [indexed]);
  }

  async waitForIndex(): Promise<void> {
    return this.#call("waitForIndex", []);
  }

  async verify(options?: VerifyOptions): Promise<CollectionCheck> {
    return this.#call("verify", verifyArguments(options));
  }

  async stats(): Promise<CollectionStats> {
    return this.#call("stats", []);
  }

  async #call<Result>(method: CollectionCall, args: readonly unknown[]): Promise<Result> {
    this.#wire.assertOpen();
    // Encoded at once: what the caller changes later makes no difference.
    const call = encodeWireValue({ method, args });
    const isWrite = collectionCalls[method] === "write";
    const result = isWrite ? await this.#writes.add(call) : (await this.#send("reads", [call]))[0];
    // The server answers with what the method gives there.
    return valueOf(result) as Result;
  }

  #send(kind: "reads" | "writes", calls: readonly string[]): Promise<readonly RemoteResult[]> {
    const { path, token } = this.#place;
    return this.#wire.callAll(`${path}/${kind}`, token, calls);
  }
}
