// What stands behind the question mark: known names with values that mean something, or the request is refused.

import type { DialectHandler } from "../../dialect.js";
import type { Route } from "../../router.js";
import { formatError } from "./request-errors.js";

/** Parameters that several routes take, and the form of their values. Those without a meaning on one node have no effect. */
const shared: Readonly<Record<string, { readonly form: RegExp; readonly expected: string }>> = {
  wait: { form: /^(?:true|false)$/u, expected: "true or false is expected" },
  timeout: { form: /^[1-9]\d{0,9}$/u, expected: "a whole number of seconds is expected" },
  ordering: { form: /^(?:weak|medium|strong)$/u, expected: "weak, medium or strong is expected" },
  consistency: {
    form: /^(?:\d{1,9}|majority|quorum|all)$/u,
    expected: "a whole number, majority, quorum or all is expected",
  },
};

/** Those that one route takes and checks itself. */
const own: Readonly<Record<string, readonly string[]>> = {
  "/telemetry": ["anonymize", "details_level", "per_collection"],
  "/collections/{collection_name}/optimizations": ["with", "completed_limit"],
};

/** The route with a look at its query before. */
export function checkingQuery(route: Route<DialectHandler>): Route<DialectHandler> {
  const names = own[route.path] ?? [];
  return {
    ...route,
    run: (call) => {
      for (const [name, value] of call.query) {
        if (names.includes(name)) continue;
        if (!Object.hasOwn(shared, name))
          return Promise.reject(formatError("", `unknown parameter \`${name}\` of the query`));
        const { form, expected } = shared[name]!;
        if (!form.test(value)) return Promise.reject(formatError(name, expected));
      }
      return route.run(call);
    },
  };
}
