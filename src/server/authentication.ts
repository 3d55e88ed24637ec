// Who sends a request, and what they may do: the one place that looks at keys and tokens.

import { OmenError } from "../base/omen-error.js";
import type { Database } from "../model/database.js";
import { AccessKeys, type ApiKey, type KnownKey } from "./access-keys.js";
import { AccessTokens } from "./access-tokens.js";
import { fullGrant, Grant } from "./grant.js";
import { HttpError } from "./http-error.js";
import type { HttpRequest } from "./http-exchange.js";

/** Whether tokens are taken beside keys. */
export type TokenUse = "jwt" | "none";

const everybody: KnownKey = { name: undefined, grant: fullGrant };
/** May do what is public. */
const nobody: KnownKey = { name: undefined, grant: new Grant(undefined) };

/** Knows the keys of a server, which can be exchanged while it runs. */
export class Authentication {
  readonly #db: Database;
  readonly #tokenUse: TokenUse;
  readonly #needsKey: boolean;
  #keys!: AccessKeys;
  #tokens!: AccessTokens;

  /** Throws OmenError `invalid`. Whether a key is asked for is decided here: no later exchange of keys opens the server. */
  constructor(keys: readonly ApiKey[], tokenUse: TokenUse, db: Database) {
    this.#db = db;
    this.#tokenUse = tokenUse;
    this.replaceKeys(keys);
    this.#needsKey = this.#keys.count > 0;
  }

  /** Requests that come from now on need one of these. Throws OmenError `invalid` and changes nothing if they are not good. */
  replaceKeys(keys: readonly ApiKey[]): void {
    const known = new AccessKeys(keys);
    const secrets = this.#tokenUse === "jwt" ? signingKeys(keys) : [];
    this.#keys = known;
    this.#tokens = new AccessTokens(secrets, this.#db);
  }

  /** Who uses what is public, and is not asked for a key. */
  get nobody(): KnownKey {
    return nobody;
  }

  /** Throws HttpError 401 without a good key or token. */
  identify(request: HttpRequest): KnownKey | Promise<KnownKey> {
    if (!this.#needsKey) return everybody;
    const given = givenKey(request);
    if (given === undefined)
      throw new HttpError(401, "Must provide an API key or an Authorization bearer token");
    return this.#keys.find(given) ?? this.#identifyToken(given);
  }

  async #identifyToken(given: string): Promise<KnownKey> {
    const found = await this.#tokens.find(given);
    if (found === undefined) throw new HttpError(401, "Invalid API key or JWT");
    return found;
  }
}

/** Keys that may do everything and are known themselves, not by their hash alone. */
function signingKeys(keys: readonly ApiKey[]): string[] {
  const found = keys.flatMap(({ key, access = "manage", collections }) =>
    key !== undefined && access === "manage" && collections === undefined ? [key] : [],
  );
  if (found.length > 0) return found;
  const message =
    "jwt: Tokens are signed with a key that may do everything; give one as `key`, not as a hash.";
  throw new OmenError("invalid", "jwt_without_key", message, { field: "jwt", received: "true" });
}

function givenKey(request: HttpRequest): string | undefined {
  const bearer = /^Bearer +(.+)$/iu.exec(request.header("authorization") ?? "")?.[1];
  return request.header("api-key") ?? bearer;
}
