// JSON Web Tokens with the claims of Qdrant's `jwt_rbac`: signed by HS256 with an API key, so that who has the key can hand out less
// than it, for a while. https://qdrant.tech/documentation/operations/security/ is the format.

import { errors, type JWTPayload, jwtVerify } from "jose";
import { isPlainObject } from "../model/invalid-input.js";
import type { Database } from "../model/database.js";
import type { FieldFilter } from "../model/filter.js";
import { decodePath } from "./dialect/qdrant/decode-path.js";
import { type GivenAccess, Grant } from "./grant.js";
import { HttpError } from "./http-error.js";
import type { KnownKey } from "./access-keys.js";

const algorithms = ["HS256"];
/** Clocks differ; as much as Qdrant forgives. */
const leewaySeconds = 30;
const tokenLengthMax = 8 * 1024;

/** Checks tokens. */
export class AccessTokens {
  readonly #secrets: readonly Uint8Array[];
  readonly #db: Database;

  /** `secrets` are keys of full access. */
  constructor(secrets: readonly string[], db: Database) {
    this.#secrets = secrets.map((secret) => new TextEncoder().encode(secret));
    this.#db = db;
  }

  /** What a token gives; `undefined` for what is none. Throws HttpError 401 or 403 for one that is not good. */
  async find(token: string): Promise<KnownKey | undefined> {
    if (this.#secrets.length === 0 || token.length > tokenLengthMax) return undefined;
    const claims = await this.#claimsOf(token);
    if (claims === undefined) return undefined;
    const grant = grantOf(claims["access"]);
    if (claims["value_exists"] !== undefined) await this.#checkValue(claims["value_exists"]);
    return { name: textOr(claims["subject"] ?? claims.sub), grant };
  }

  async #claimsOf(token: string): Promise<JWTPayload | undefined> {
    let fault: HttpError | undefined;
    for (const secret of this.#secrets) {
      try {
        return (await jwtVerify(token, secret, { algorithms, clockTolerance: leewaySeconds })).payload;
      } catch (error) {
        fault = this.#faultOf(error) ?? fault;
      }
    }
    if (fault !== undefined) throw fault;
    return undefined;
  }

  /** `undefined` for what is no token at all. */
  #faultOf(error: unknown): HttpError | undefined {
    if (error instanceof errors.JWTExpired) return new HttpError(403, "Forbidden: ExpiredSignature");
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return new HttpError(403, "Forbidden: InvalidSignature");
    return undefined;
  }

  /** The claim `value_exists`: a token is good as long as a point with these values is there. */
  async #checkValue(claim: unknown): Promise<void> {
    const { collection, matches } = isPlainObject(claim) ? claim : {};
    if (typeof collection !== "string" || !Array.isArray(matches)) throw badClaim("value_exists");
    const filters = matches.map(filterOf);
    const request = filters.length === 0 ? {} : { filter: { $and: filters } };
    const found = await this.#db.collection(collection).then(
      (open) => open.count(request),
      () => 0,
    );
    if (found === 0) throw new HttpError(401, "Unauthorized: Invalid JWT, stateful validation failed");
  }
}

function filterOf(match: unknown): FieldFilter {
  const { key, value } = isPlainObject(match) ? match : {};
  const isValue = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  if (typeof key !== "string" || !isValue) throw badClaim("value_exists");
  return { [decodePath(key, "value_exists")]: { $eq: value } };
}

const collectionAccesses: Readonly<Record<string, GivenAccess>> = { r: "read", rw: "write" };

/** The claim `access`; everything where it is absent, as Qdrant has it. */
function grantOf(claim: unknown): Grant {
  if (claim === undefined || claim === "m") return new Grant("manage");
  if (claim === "r") return new Grant("read");
  if (!Array.isArray(claim)) throw badClaim("access");
  return new Grant(undefined, new Map(claim.map(collectionAccess)));
}

function collectionAccess(entry: unknown): [string, GivenAccess] {
  const { collection, access, ...more } = isPlainObject(entry) ? entry : {};
  const known = typeof access === "string" && Object.hasOwn(collectionAccesses, access);
  // A token that is narrower than is understood must not be taken for a wider one: Qdrant too refuses `payload`.
  if (typeof collection !== "string" || !known || Object.keys(more).length > 0) throw badClaim("access");
  return [collection, collectionAccesses[access]!];
}

function badClaim(name: string): HttpError {
  return new HttpError(401, `Unauthorized: the claim ${name} of the JWT is not understood`);
}

function textOr(value: unknown): string | undefined {
  return typeof value === "string" ? value.slice(0, 100) : undefined;
}
