// Routes of collections and of the indexes over their payload.

import type {
  IndexedFields,
  MetadataKind,
  ResolvedCollectionConfig,
} from "../../../model/collection-config.js";
import type { DialectCall, DialectHandler } from "../../dialect.js";
import type { HttpResponse } from "../../http-exchange.js";
import type { Route } from "../../router.js";
import { BodyFields } from "./body-fields.js";
import { declaredKinds, decodeCreateCollection, encodeCollectionInfo, kindsByType } from "./collections.js";
import { decodePath } from "./decode-path.js";
import { namedCollection } from "./named-collection.js";
import { updated } from "./operations.js";
import { formatError } from "./request-errors.js";
import { ok } from "./responses.js";
import { checkUpdate } from "./update-collection.js";

const one = "/collections/{collection_name}";

export const collectionRoutes: readonly Route<DialectHandler>[] = [
  { method: "GET", path: "/collections", access: "read", run: listCollections },
  { method: "GET", path: one, access: "read", run: getCollection },
  { method: "PUT", path: one, access: "manage", run: createCollection },
  { method: "PATCH", path: one, access: "manage", run: updateCollection },
  { method: "DELETE", path: one, access: "manage", run: deleteCollection },
  { method: "GET", path: `${one}/exists`, access: "read", run: collectionExists },
  { method: "PUT", path: `${one}/index`, access: "write", run: createFieldIndex },
  { method: "DELETE", path: `${one}/index/{field_name}`, access: "write", run: deleteFieldIndex },
];

async function listCollections({ db, startMs }: DialectCall): Promise<HttpResponse> {
  const infos = await db.listCollections();
  return ok({ collections: infos.map(({ name }) => ({ name })) }, startMs);
}

async function getCollection(call: DialectCall): Promise<HttpResponse> {
  const { collection, config } = await namedCollection(call);
  return ok(encodeCollectionInfo(config, await collection.stats()), call.startMs);
}

async function createCollection({ db, params, body, startMs }: DialectCall): Promise<HttpResponse> {
  await db.createCollection(params["collection_name"]!, decodeCreateCollection(body));
  return ok(true, startMs);
}

async function updateCollection(call: DialectCall): Promise<HttpResponse> {
  const { config } = await namedCollection(call);
  checkUpdate(call.body, config);
  return ok(true, call.startMs);
}

/** Deleting what is not there is no error. */
async function deleteCollection({ db, params, startMs }: DialectCall): Promise<HttpResponse> {
  return ok(await db.dropCollection(params["collection_name"]!), startMs);
}

async function collectionExists({ db, params, startMs }: DialectCall): Promise<HttpResponse> {
  const infos = await db.listCollections();
  return ok({ exists: infos.some(({ name }) => name === params["collection_name"]) }, startMs);
}

async function createFieldIndex(call: DialectCall): Promise<HttpResponse> {
  const { collection, config } = await namedCollection(call);
  const { path, kind } = BodyFields.read(call.body, "", (fields) => {
    fields.refuse("shard_key");
    const name = fields.string("field_name");
    if (name === undefined) throw formatError("", "missing field `field_name`");
    return {
      path: decodePath(name, "field_name"),
      kind: decodeSchema(fields.get("field_schema") ?? "keyword", fields.place("field_schema")),
    };
  });
  const kinds = [...new Set([...(declaredKinds(config).get(path) ?? []), kind])];
  await collection.indexMetadata(withKinds(config, path, kinds));
  return updated(call);
}

async function deleteFieldIndex(call: DialectCall): Promise<HttpResponse> {
  const path = decodePath(call.params["field_name"]!, "field_name");
  const { collection, config } = await namedCollection(call);
  if (declaredKinds(config).has(path)) await collection.indexMetadata(withKinds(config, path, []));
  return updated(call);
}

/** All other fields stay indexed as they were: without kinds, as they are seen. */
function withKinds(
  config: ResolvedCollectionConfig,
  path: string,
  kinds: readonly MetadataKind[],
): IndexedFields {
  const all =
    config.indexedMetadata === "all" || ("all" in config.indexedMetadata && config.indexedMetadata.all);
  const fields = new Map(declaredKinds(config));
  if (kinds.length === 0) fields.delete(path);
  else fields.set(path, kinds);
  return { fields: Object.fromEntries(fields), all };
}

function decodeSchema(value: unknown, place: string): MetadataKind {
  const type =
    typeof value === "string"
      ? value
      : BodyFields.read(value, place, (fields) => {
          // How an index lies in memory makes no difference to answers.
          fields.passOver("on_disk", "memory", "is_tenant", "is_principal", "enable_hnsw", "lookup", "range");
          fields.refuse(
            "stopwords",
            "stemmer",
            "min_token_len",
            "max_token_len",
            "phrase_matching",
            "prefix",
            "ascii_folding",
          );
          const tokenizer = fields.string("tokenizer");
          if (tokenizer !== undefined && tokenizer !== "word")
            throw formatError(fields.place("tokenizer"), "only `word` is supported");
          if (fields.boolean("lowercase") === false)
            throw formatError(fields.place("lowercase"), "words are always compared without case");
          return fields.string("type") ?? "";
        });
  const kind = Object.hasOwn(kindsByType, type) ? kindsByType[type] : undefined;
  if (kind === undefined)
    throw formatError(place, `\`${type}\` is not one of ${Object.keys(kindsByType).join(", ")}`);
  return kind;
}
