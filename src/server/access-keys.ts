// API keys: who may do what. Keys are kept as hashes and compared in constant time.

import { createHash, timingSafeEqual } from "node:crypto";
import type { HttpRequest } from "./http-exchange.js";
import { HttpError } from "./http-error.js";
import type { Access } from "./router.js";

/** A key as the server is given it. */
export interface ApiKey {
  readonly key: string;
  /** What it is good for: reading, writing too, or everything. Default `"manage"`. */
  readonly access?: Exclude<Access, "public">;
  /** The collections that it is good for; absent for all. A key of some collections cannot manage. */
  readonly collections?: readonly string[];
}

interface KnownKey extends Omit<ApiKey, "key"> {
  readonly hash: Buffer;
}

const ranks: Readonly<Record<Access, number>> = { public: 0, read: 1, write: 2, manage: 3 };

export class AccessKeys {
  readonly #known: readonly KnownKey[];

  constructor(keys: readonly ApiKey[]) {
    this.#known = keys.map(({ key, ...rest }) => ({ ...rest, hash: hashOf(key) }));
  }

  /** Whether a key is asked for at all. */
  get isNeeded(): boolean {
    return this.#known.length > 0;
  }

  /** Throws HttpError 401 without a good key, 403 where it is not good for this. */
  check(request: HttpRequest, access: Access, collection: string | undefined): void {
    if (access === "public" || !this.isNeeded) return;
    const known = this.#find(givenKey(request));
    if (known === undefined)
      throw new HttpError(401, "Must provide an API key or an Authorization bearer token");
    const { access: rank = "manage", collections } = known;
    const isInReach =
      collections === undefined || (collection !== undefined && collections.includes(collection));
    const needed =
      collections !== undefined && access === "manage" ? Number.POSITIVE_INFINITY : ranks[access];
    if (!isInReach || ranks[rank] < needed)
      throw new HttpError(403, "Forbidden: this API key is not good for that");
  }

  /** Every key is compared, so that the time does not tell which one was nearest. */
  #find(given: string | undefined): KnownKey | undefined {
    if (given === undefined) return undefined;
    const hash = hashOf(given);
    let found: KnownKey | undefined;
    for (const known of this.#known) if (timingSafeEqual(known.hash, hash)) found = known;
    return found;
  }
}

function givenKey(request: HttpRequest): string | undefined {
  const bearer = /^Bearer +(.+)$/iu.exec(request.header("authorization") ?? "")?.[1];
  return request.header("api-key") ?? bearer;
}

function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
