// The codes that the command line ends with. Scripts rely on them: they are listed in docs/reference/cli.md.

import { OmenError, type OmenErrorKind } from "../base/omen-error.js";

export const exitCodes = { done: 0, problemsFound: 1, wrongUsage: 2, fault: 70 } as const;

const codesByKind: Readonly<Record<OmenErrorKind, number>> = {
  invalid: exitCodes.wrongUsage,
  not_found: 3,
  conflict: 4,
  unavailable: 5,
  corrupt: 6,
  unsupported: 7,
  closed: 8,
};

/** The exit code for an error; what is no OmenError is a fault of ours. */
export function exitCodeOf(error: unknown): number {
  return error instanceof OmenError ? codesByKind[error.kind] : exitCodes.fault;
}
