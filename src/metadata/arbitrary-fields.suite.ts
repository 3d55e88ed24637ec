// Random settings of which fields are indexed, on the keys that random metadata has.

import fc from "fast-check";
import type { IndexedFields, MetadataKind } from "../model/collection-config.js";
import type { WantedFields } from "./metadata-fields.js";
import { metadataKeys } from "./arbitrary-filters.suite.js";

const kinds: readonly MetadataKind[] = ["keyword", "integer", "float", "boolean", "date", "text", "geo"];
const path = fc.array(fc.constantFrom(...metadataKeys), { minLength: 1, maxLength: 2 });

/** Some fields with kinds, beside all others or alone; now and then names only. */
export const wantedArbitrary: fc.Arbitrary<WantedFields> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      others: fc.constantFrom("all" as const, "none" as const),
      declared: fc.array(
        fc.record({ path, kinds: fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }) }),
        { maxLength: 6 },
      ),
    }),
  },
  { weight: 1, arbitrary: fc.array(path, { maxLength: 4 }) },
);

/** The same as callers write it. */
export const indexedFieldsArbitrary: fc.Arbitrary<IndexedFields> = fc.record({
  all: fc.boolean(),
  fields: fc
    .array(
      fc.tuple(
        path.map((keys) => keys.join(".")),
        fc.oneof(
          fc.constantFrom(...kinds),
          fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1, maxLength: 3 }),
        ),
      ),
      { maxLength: 5 },
    )
    .map((fields): IndexedFields["fields"] => Object.fromEntries(fields)),
});
