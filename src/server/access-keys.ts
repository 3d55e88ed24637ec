// API keys, kept as SHA-256 hashes and compared in constant time. A key is random and long, so a fast hash is enough: there is no
// list of likely keys to try.

import { createHash, timingSafeEqual } from "node:crypto";
import { decodeChoice, decodeFields, decodeStrings } from "../model/decode-object.js";
import { invalidInput } from "../model/invalid-input.js";
import { type GivenAccess, Grant } from "./grant.js";

/** A key as the server is given it: the key, or its hash alone. */
export interface ApiKey {
  readonly key?: string;
  /** SHA-256 of the key in hexadecimal, instead of the key. */
  readonly sha256?: string;
  /** What logs call it. */
  readonly name?: string;
  /** What it is good for: reading, writing too, or everything. Default `"manage"`. */
  readonly access?: GivenAccess;
  /** The collections that it is good for; absent for all. A key of some collections cannot manage. */
  readonly collections?: readonly string[];
}

/** A key that was recognised. */
export interface KnownKey {
  readonly name: string | undefined;
  readonly grant: Grant;
}

interface HashedKey extends KnownKey {
  readonly hash: Buffer;
}

/** The keys of a server. */
export class AccessKeys {
  readonly #keys: readonly HashedKey[];

  /** Throws OmenError `invalid` for what is no list of keys. */
  constructor(keys: readonly ApiKey[]) {
    this.#keys = decodeKeys(keys);
  }

  get count(): number {
    return this.#keys.length;
  }

  /** Every key is compared, so that the time does not tell which one was nearest. */
  find(given: string): KnownKey | undefined {
    const hash = sha256(given);
    let found: HashedKey | undefined;
    for (const known of this.#keys) if (timingSafeEqual(known.hash, hash)) found = known;
    return found;
  }
}

const names = ["key", "sha256", "name", "access", "collections"] as const;
const accesses = ["read", "write", "manage"] as const;

function decodeKeys(keys: unknown): HashedKey[] {
  if (!Array.isArray(keys)) throw invalidInput("wrong_type", "apiKeys", keys, "An array of keys is needed.");
  return keys.map((key: unknown, i) => decodeKey(key, `apiKeys[${i}]`));
}

function decodeKey(value: unknown, field: string): HashedKey {
  const { key, sha256: hash, name, access, collections } = decodeFields(value, field, names);
  if (name !== undefined && typeof name !== "string")
    throw invalidInput("wrong_type", `${field}.name`, name, "A string is needed.");
  const given = decodeChoice(access, `${field}.access`, { choices: accesses, fallback: "manage" });
  const some = collections === undefined ? undefined : decodeStrings(collections, `${field}.collections`);
  const grant =
    some === undefined ? new Grant(given) : new Grant(undefined, new Map(some.map((one) => [one, given])));
  return { name, grant, hash: decodeHash({ key, hash }, field) };
}

function decodeHash({ key, hash }: { readonly key: unknown; readonly hash: unknown }, field: string): Buffer {
  if ((key === undefined) === (hash === undefined)) {
    const code = key === undefined ? "missing_field" : "conflicting_fields";
    throw invalidInput(code, field, undefined, "One of key and sha256 is needed.");
  }
  if (key !== undefined) {
    // The key itself is shown nowhere.
    if (typeof key !== "string" || key === "")
      throw invalidInput("wrong_type", `${field}.key`, typeof key, "A string that is not empty is needed.");
    return sha256(key);
  }
  if (typeof hash !== "string" || !/^[0-9a-f]{64}$/iu.test(hash))
    throw invalidInput("wrong_type", `${field}.sha256`, hash, "64 hexadecimal digits are needed.");
  return Buffer.from(hash, "hex");
}

function sha256(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}
