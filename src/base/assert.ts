// Assertions about our own code. They stay on in production, and input never triggers them.

import { AssertionError } from "node:assert";

/** Throws an AssertionError unless `condition` holds. The message says what must have been true. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError({ message, stackStartFn: assert });
}
