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

/** What happened and what follows, in a sentence. */
export function describeDeath({ kind, cause }: ThreadDeath): string {
  return `A thread that ${work[kind]} in the background ended (${cause.message}); it is replaced when there is work.`;
}

/** Tells of a death as a warning of the process. */
export function warnOfDeath(death: ThreadDeath): void {
  process.emitWarning(describeDeath(death), "OmenDBWarning");
}
