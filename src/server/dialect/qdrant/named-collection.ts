// The collection that a path names, with what decoding and encoding need to know of it.

import type { ResolvedCollectionConfig } from "../../../model/collection-config.js";
import type { Collection } from "../../../model/database.js";
import type { DialectCall } from "../../dialect.js";
import { declaredKinds } from "./collections.js";
import type { FilterContext } from "./decode-filter.js";
import { collectionNotFound } from "./request-errors.js";

/** An open collection and its configuration. */
export interface NamedCollection {
  readonly collection: Collection;
  readonly config: ResolvedCollectionConfig;
  readonly context: FilterContext;
}

/** The collection of a call. Throws HttpError 404 if there is none. */
export async function namedCollection({ db, params }: DialectCall): Promise<NamedCollection> {
  const name = params["collection_name"]!;
  const info = (await db.listCollections()).find((one) => one.name === name);
  if (info === undefined) throw collectionNotFound(name);
  const texts = [...declaredKinds(info.config)].filter(([, kinds]) => kinds.includes("text"));
  return {
    collection: await db.collection(name),
    config: info.config,
    context: { textPaths: new Set(texts.map(([path]) => path)) },
  };
}
