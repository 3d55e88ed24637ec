// The exports of the module: what src/kernel/kernel.ts calls.

export {
  allowedAddress, blockAddress, blockByteCount, bytesFor, checkpointBytes, coarseStrideBytes, codeStrideBytes, configure, exactAddress, headerAddress, hostRowsAddress,
  hostScoresAddress, inputAddress, linkStrideBytes, originalAddress, originalStrideBytes, ownOriginalBytes, rescoreAddress, rescoreSumsAddress,
  rowLimit, scratchEnd,
} from "./layout";
export { firstDamaged } from "./checksum";
export { encode } from "./encode";
export { distanceCount, resetCounters } from "./distance";
export { search, searchAllowed, sortHostRows } from "./search";
export { beginExact, endExact, exactGathered, exactLive, gatherAddress, gatherLimit } from "./scan";
export { clearScratch, followedCount } from "./walk";
export { rescoreRows, rescoreVectorsAt } from "./rescore";
export { beginTrial, endTrial, tryWalk } from "./trial";
export { linkTail } from "./link";
export { condemn, emptyGraph, release, repairRange, reparentRange, replaceEntry } from "./consolidate";
export {
  beginReach, countLive, countLiveLinked, countUnreached, gatherDead, isLinked, isLive, publish, reachRange, remove,
  resetAfterLoad, setRowEnd, unlinkAll,
} from "./rows";
export { probeCoarse, probeCode, probeDistances, probeFine, probePrepare, probeRow } from "./probe";
export { yardstickCopy, yardstickReadCoarse, yardstickReadFine, yardstickTouch } from "./yardstick";
