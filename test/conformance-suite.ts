// The behaviour that every Database has, as one suite over a maker of databases. After each write the suite asks for
// the database again, so that a maker can close and reopen it there.

import { test } from "node:test";
import type { ConformanceCase, CaseContext } from "./conformance-case.js";
import type { Place, PlaceMaker } from "./conformance-place.js";
import { collectionCases } from "./conformance-collections.js";
import { metadataCases } from "./conformance-metadata.js";
import { metricsCases } from "./conformance-metrics.js";
import { orderCases } from "./conformance-orders.js";
import { pointCases } from "./conformance-points.js";
import { searchCases } from "./conformance-search.js";
import { vectorCases } from "./conformance-vectors.js";

const cases: readonly ConformanceCase[] = [
  ...pointCases,
  ...vectorCases,
  ...metadataCases,
  ...searchCases,
  ...orderCases,
  ...collectionCases,
  ...metricsCases,
];

/** Registers all cases for databases made by `makePlace`. */
export function conformanceSuite(name: string, makePlace: PlaceMaker): void {
  for (const { title, run } of cases) {
    test(`${name}: ${title}`, async () => {
      const place = await makePlace();
      try {
        await run(contextOf(place));
      } finally {
        await place.end();
      }
    });
  }
}

function contextOf(place: Place): CaseContext {
  return {
    db: place.db,
    create: (config, name = "points") => place.db.createCollection(name, config),
    again: async (name = "points") => (await place.reopened()).collection(name),
    reopened: () => place.reopened(),
  };
}
