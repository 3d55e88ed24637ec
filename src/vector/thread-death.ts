// What is told of a thread that ended without being asked to. It costs no answer: linking begins anew where it may have
// left something half done, the host does what a search thread had, and another thread takes its place.

/** Which thread ended, and what it said. */
export interface ThreadDeath {
  readonly kind: "linking" | "searching";
  readonly cause: Error;
}

/** Is told of each death. Must not throw. */
export type OnThreadDeath = (death: ThreadDeath) => void;

const work = { linking: "links points", searching: "searches" } as const;

/** Tells of a death as a warning of the process. */
export function warnOfDeath({ kind, cause }: ThreadDeath): void {
  const text = `A thread that ${work[kind]} in the background ended (${cause.message}); it is replaced when there is work.`;
  process.emitWarning(text, "OmenDBWarning");
}
