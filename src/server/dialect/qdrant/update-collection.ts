// Changes of a collection's parameters. What can be changed has no effect on answers; what would have one is refused.

import type { ResolvedCollectionConfig } from "../../../model/collection-config.js";
import { isPlainObject } from "../../../model/invalid-input.js";
import { BodyFields } from "./body-fields.js";
import { decodeHnsw } from "./collections.js";
import { formatError, wrongInput } from "./request-errors.js";

/** Checks an `UpdateCollection`: throws HttpError unless the collection is already as it asks. */
export function checkUpdate(body: unknown, config: ResolvedCollectionConfig): void {
  BodyFields.read(body, "", (fields) => {
    fields.passOver("optimizers_config", "params");
    fields.refuse("sparse_vectors", "strict_mode_config", "metadata");
    checkVectors(fields.get("vectors"), fields.place("vectors"), config);
    checkGraph(fields, config);
    checkCodes(fields, config);
  });
}

function checkVectors(value: unknown, place: string, config: ResolvedCollectionConfig): void {
  if (value === undefined) return;
  if (!isPlainObject(value)) throw formatError(place, "vector parameters are expected");
  for (const [name, params] of Object.entries(value)) {
    if (!config.fields.some((field) => field.name === name))
      throw wrongInput(`Not existing vector name error: ${name}`);
    BodyFields.read(params, `${place}.${name}`, (fields) => {
      fields.passOver("on_disk", "memory");
      fields.refuse("hnsw_config", "quantization_config");
    });
  }
}

/** The degree of a graph and the care with which it is built are settled when the collection is made. */
function checkGraph(fields: BodyFields, config: ResolvedCollectionConfig): void {
  const place = fields.place("hnsw_config");
  const { maxDegree, efConstruction } = decodeHnsw(fields.get("hnsw_config"), place);
  const isSame =
    (maxDegree ?? config.maxDegree) === config.maxDegree &&
    (efConstruction ?? config.efConstruction) === config.efConstruction;
  if (!isSame) throw formatError(place, "`m` and `ef_construct` are settled when a collection is created");
}

function checkCodes(fields: BodyFields, config: ResolvedCollectionConfig): void {
  const value = fields.get("quantization_config");
  if (value === undefined) return;
  const isAsked = isPlainObject(value) && Object.hasOwn(value, "scalar");
  if (isAsked !== (config.quantization === "int8"))
    throw formatError(
      fields.place("quantization_config"),
      "how vectors are held is settled when a collection is created",
    );
}
