// The REST interface of Qdrant, as of 1.19. What it has that OmenDB has not is in docs/reference/qdrant-coverage.md.

import type { Dialect } from "../../dialect.js";
import { checkingQuery } from "./check-query.js";
import { clusterRoutes } from "./cluster-routes.js";
import { collectionRoutes } from "./collection-routes.js";
import { pointRoutes } from "./point-routes.js";
import { queryRoutes } from "./query-routes.js";
import { refusedRoutes } from "./refused-routes.js";
import { errorResponse } from "./responses.js";
import { serviceRoutes } from "./service-routes.js";

export const qdrantDialect: Dialect = {
  root: "",
  body: "json",
  routes: [
    // The first ones: a route that answers takes the place of one that refuses.
    ...refusedRoutes,
    ...serviceRoutes,
    ...collectionRoutes,
    ...clusterRoutes,
    ...pointRoutes,
    ...queryRoutes,
  ].map(checkingQuery),
  errorResponse,
};
