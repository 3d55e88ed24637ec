// When the file of a store is worth rewriting. It is never needed for correctness: later writes use the free pages.

const fileBytesMin = 2 ** 26;
const freeShare = 0.5;
const publicationsBetweenLooks = 64;
const pointsLeftShare = 7 / 8;

/** Publications after a failure before the next attempt: a disk that is full is not so for a moment only. */
export const publicationsAfterFailure = 1_000;

export interface FileUse {
  readonly fileBytes: number;
  /** What the file would have if it were compacted. */
  readonly usedBytes: number;
}

/**
 * True if more than half of a file is free. What is copied is then less than what is given back, and a file that grows
 * and shrinks is copied at most once for each time that it has doubled. Below 64 MiB nobody misses the space.
 * Compacting takes free pages away and does not merge half-empty ones, so that it is never due again at once.
 */
export function isCompactionDue({ fileBytes, usedBytes }: FileUse, bytesMin = fileBytesMin): boolean {
  return fileBytes >= bytesMin && fileBytes - usedBytes > freeShare * fileBytes;
}

/** What happened since the file was last looked at. */
export interface SinceLook {
  readonly publications: number;
  readonly pointCount: number;
  /** Most points that there were. */
  readonly pointCountMax: number;
}

/**
 * True if it is time to count the pages again, about 0.1 ms on the thread that searches: at once when many points
 * went, and now and then for what goes little by little, or is left by replaced points and forgotten row changes.
 */
export function isLookDue({ publications, pointCount, pointCountMax }: SinceLook): boolean {
  return publications >= publicationsBetweenLooks || pointCount < pointsLeftShare * pointCountMax;
}
