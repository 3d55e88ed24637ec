// Which points, and which parts of them: selectors of requests.

import type { Include, PointSelector } from "../../../model/requests.js";
import type { BodyFields } from "./body-fields.js";
import { decodeFilter, type FilterContext } from "./decode-filter.js";
import { decodePath } from "./decode-path.js";
import { decodePointIds } from "./decode-point.js";
import { BodyFields as Fields } from "./body-fields.js";
import { formatError } from "./request-errors.js";

/** `points` or `filter`, one of which must be there. */
export function decodeSelector(fields: BodyFields, context: FilterContext): PointSelector {
  fields.refuse("shard_key");
  const hasIds = fields.has("points");
  if (hasIds === fields.has("filter")) throw formatError("", "either `points` or `filter` is expected");
  if (hasIds) return decodePointIds(fields.get("points"), fields.place("points"));
  return { filter: decodeFilter(fields.get("filter"), fields.place("filter"), context) };
}

/** What comes back beside ids: parts, and which of the named vectors. */
export interface DecodedInclude {
  readonly include: Include;
  /** Names of the vectors that come back; `undefined` for all. */
  readonly vectorNames: readonly string[] | undefined;
}

/** `with_payload` and `with_vector`. Vectors come only where they are asked for. */
export function decodeInclude(fields: BodyFields, payloadDefault: "payload" | "nothing"): DecodedInclude {
  const metadata = decodePayloadSelector(fields, payloadDefault === "payload");
  const wanted = fields.get("with_vector") ?? false;
  if (typeof wanted === "boolean") return { include: { metadata, vector: wanted }, vectorNames: undefined };
  if (!Array.isArray(wanted) || !wanted.every((name) => typeof name === "string"))
    throw formatError(fields.place("with_vector"), "a boolean or an array of names is expected");
  return { include: { metadata, vector: wanted.length > 0 }, vectorNames: wanted };
}

function decodePayloadSelector(
  fields: BodyFields,
  isDefault: boolean,
): Exclude<Include, readonly string[]>["metadata"] & {} {
  const wanted = fields.get("with_payload") ?? isDefault;
  const place = fields.place("with_payload");
  if (typeof wanted === "boolean") return wanted;
  if (Array.isArray(wanted)) return { keep: pathsOf(wanted, place) };
  return Fields.read(wanted, place, (selector) => {
    const [keep, drop] = [selector.list("include"), selector.list("exclude")];
    if ((keep === undefined) === (drop === undefined))
      throw formatError(place, "either `include` or `exclude` is expected");
    return keep === undefined ? { drop: pathsOf(drop!, place) } : { keep: pathsOf(keep, place) };
  });
}

function pathsOf(values: readonly unknown[], place: string): string[] {
  return values.map((value, i) => {
    if (typeof value !== "string") throw formatError(`${place}[${i}]`, "a string is expected");
    return decodePath(value, `${place}[${i}]`);
  });
}
