// What a caller may do: everywhere, or in some collections. A key has one, and so has a token.

import type { Access } from "./router.js";

/** What can be given to a caller. */
export type GivenAccess = Exclude<Access, "public">;

const ranks: Readonly<Record<Access, number>> = { public: 0, read: 1, write: 2, manage: 3 };

/** What a caller may do. */
export class Grant {
  readonly #everywhere: GivenAccess | undefined;
  readonly #collections: ReadonlyMap<string, GivenAccess>;

  constructor(
    everywhere: GivenAccess | undefined,
    collections: ReadonlyMap<string, GivenAccess> = new Map(),
  ) {
    this.#everywhere = everywhere;
    this.#collections = collections;
  }

  /** Whether it is for all collections, those of tomorrow included. */
  get isEverywhere(): boolean {
    return this.#everywhere !== undefined;
  }

  /**
   * Whether the caller may do this in the collection, or in the database as a whole where none is named. Who has some
   * collections alone can neither manage, as others of the same name could be made, nor ask for what goes over all of them.
   */
  allows(access: Access, collection: string | undefined): boolean {
    if (access === "public") return true;
    if (this.#everywhere !== undefined && ranks[this.#everywhere] >= ranks[access]) return true;
    if (collection === undefined || access === "manage") return false;
    const given = this.#collections.get(collection);
    return given !== undefined && ranks[given] >= ranks[access];
  }
}

/** Everything, everywhere: what everybody has where no key is asked for. */
export const fullGrant = new Grant("manage");
