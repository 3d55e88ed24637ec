// When a checkpoint is worth its cost. It is never needed for correctness: what came after the last one is read
// from the store when the collection is opened.

const changesMin = 10_000;
const changedShare = 0.2;
const changesWorthClosing = 1_000;

/** What the policy looks at. Changes are rows linked, written or removed since the last checkpoint. */
export interface CheckpointNeed {
  readonly changes: number;
  readonly liveRows: number;
  /** Rows that only wait for a checkpoint to be used again. */
  readonly releasedRows: number;
}

/**
 * True if a checkpoint should be written in the background. Consolidation, which releases rows, goes over the whole
 * graph and comes only when a fifth of it is dead: writing it out as well costs no more, and keeps memory from growing.
 */
export function isCheckpointDue({ changes, liveRows, releasedRows }: CheckpointNeed): boolean {
  return releasedRows > 0 || changes > Math.max(changesMin, changedShare * liveRows);
}

/** True if closing should write a checkpoint: replaying fewer changes is faster than writing a file. */
export function isCheckpointWorthClosing({ changes }: CheckpointNeed): boolean {
  return changes > changesWorthClosing;
}
