// What the page asks for: which collections there are, and searches by a text or by the id of a point.

import { OmenError } from "../../base/omen-error.js";
import { exactJsonText, type ExactJson } from "../../model/exact-json.js";
import { isPlainObject } from "../../model/invalid-input.js";
import type { Collection } from "../../model/database.js";
import type { Hit } from "../../model/requests.js";
import type { Dialect, DialectCall } from "../dialect.js";
import { HttpError } from "../http-error.js";
import type { HttpResponse } from "../http-exchange.js";

/** Makes the vector of a text, for a search in a collection. */
export type Embed = (text: string, collection: string) => Promise<ArrayLike<number>>;

/** What the page is told of the server. */
export interface PageOptions {
  readonly version: string;
  /** Without it the page searches by ids alone. */
  readonly embed: Embed | undefined;
}

const root = "/omendb/page";
const hitsMax = 10;
const textLengthMax = 1000;

/** The dialect of the page. It is no interface: the page and it belong to one version. */
export function pageDialect(options: PageOptions): Dialect {
  return {
    root,
    body: "json",
    routes: [
      { method: "POST", path: `${root}/state`, access: "read", run: (call) => showState(call, options) },
      { method: "POST", path: `${root}/search`, access: "read", run: (call) => search(call, options) },
    ],
    errorResponse,
  };
}

async function showState({ db }: DialectCall, { version, embed }: PageOptions): Promise<HttpResponse> {
  const collections = [];
  for (const { name, config } of await db.listCollections()) {
    const fields = config.fields.map(({ name, dimension, metric }) => ({ name, dimension, metric }));
    collections.push({ name, points: await (await db.collection(name)).count(), fields });
  }
  return json(200, { version, canEmbed: embed !== undefined, collections });
}

async function search({ db, body }: DialectCall, { embed }: PageOptions): Promise<HttpResponse> {
  const { collection: name, text, id } = decodeSearch(body);
  const collection = await db.collection(name);
  const startMs = performance.now();
  const vector =
    text === undefined ? await vectorOfPoint(collection, id!) : await embedded(embed, text, name);
  const foundMs = performance.now();
  const hits = await collection.search({ vector, limit: hitsMax });
  const milliseconds = {
    [text === undefined ? "reading the point" : "embedding"]: foundMs - startMs,
    searching: performance.now() - foundMs,
  };
  return json(200, { milliseconds, hits: hits.map(shownHit) });
}

/** Ids as texts that are found again. */
function shownHit({ id, score, metadata }: Hit): ExactJson {
  // Metadata is JSON.
  return {
    id: typeof id === "string" ? JSON.stringify(id) : String(id),
    score,
    metadata: (metadata ?? {}) as ExactJson,
  };
}

interface PageSearch {
  readonly collection: string;
  readonly text: string | undefined;
  readonly id: string | undefined;
}

function decodeSearch(body: unknown): PageSearch {
  const { collection, text, id } = isPlainObject(body) ? body : {};
  const wanted = text ?? id;
  if (typeof collection !== "string" || typeof wanted !== "string")
    throw new HttpError(400, "A text or an id is needed");
  if (wanted.length > textLengthMax)
    throw new HttpError(400, `At most ${textLengthMax} characters are understood`);
  return typeof text === "string"
    ? { collection, text, id: undefined }
    : { collection, text: undefined, id: wanted };
}

function embedded(embed: Embed | undefined, text: string, name: string): Promise<ArrayLike<number>> {
  if (embed === undefined)
    throw new HttpError(400, "This server makes no vectors of texts; search by the id of a point");
  return embed(text, name);
}

async function vectorOfPoint(collection: Collection, text: string): Promise<Float32Array> {
  const [point] = await collection.get([idOf(text)], { include: ["vector"] });
  const vector = point?.vector ?? Object.values(point?.vectors ?? {})[0];
  if (vector === undefined) throw new HttpError(404, `There is no point ${text} with a vector`);
  return vector;
}

/** Digits are an integer; a text may be given as JSON, as hits show it, or as it is. */
function idOf(text: string): string | bigint {
  if (/^-?\d{1,20}$/u.test(text)) return BigInt(text);
  if (!/^".*"$/su.test(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}

function json(status: number, value: ExactJson): HttpResponse {
  return { status, headers: { "content-type": "application/json" }, body: exactJsonText(value) };
}

function errorResponse(error: unknown): HttpResponse {
  if (error instanceof HttpError) return json(error.status, { error: error.message });
  if (error instanceof OmenError)
    return json(error.kind === "not_found" ? 404 : 400, { error: error.message });
  return json(500, { error: "A fault of OmenDB itself" });
}
