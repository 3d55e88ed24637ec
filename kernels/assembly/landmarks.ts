// Where walks begin. A few dozen linked rows, evenly spread over the row numbers, have their codes copied side by side
// in a table: comparing the query with them all takes less time than the dozen hops that a walk from the entry row would
// need to come as near. All threads share the table, so that a query is answered alike by each of them. What it holds is
// a hint: a landmark that has left the graph is passed over, and one whose row was used again, or whose code another
// thread is just copying, is only a worse place to begin.

import { scoreCodes } from "./distance";
import {
  code, codeStride, fullPrecision, gatherDistances, hasBit, header, LANDMARKS_MAX, landmarkCodes, landmarkRows, LINKED,
  LANDMARK_COUNT, LANDMARKS_AT, LINKED_COUNT, NO_ROW, rowEnd,
} from "./layout";

/** A graph of fewer rows is walked from its entry row. */
const LINKED_MIN: u32 = 2048;
/** Rows looked at for a linked one, from each of the evenly spread places on. */
const SEARCH_MAX: u32 = 32;

/** The landmark nearest to the prepared query by coarse distance, or NO_ROW if there is none. */
export function nearestLandmark(): u32 {
  if (fullPrecision) return NO_ROW;
  const linked = atomic.load<u32>(header + LINKED_COUNT);
  if (linked < LINKED_MIN) return NO_ROW;
  const copiedAt = atomic.load<u32>(header + LANDMARKS_AT);
  if (linked > copiedAt + (copiedAt >> 2) || linked < copiedAt >> 1) {
    // One thread copies; the others go on with what there is.
    if (atomic.cmpxchg<u32>(header + LANDMARKS_AT, copiedAt, linked) == copiedAt) copyLandmarks();
  }
  const count = atomic.load<u32>(header + LANDMARK_COUNT);
  scoreCodes(landmarkCodes, count);
  let nearest: f32 = Infinity, best = NO_ROW;
  for (let i: u32 = 0; i < count; i++) {
    const o = <usize>i << 2;
    const d = load<f32>(gatherDistances + o);
    if (!(d < nearest)) continue;
    const row = load<u32>(landmarkRows + o);
    if (!hasBit(row, LINKED)) continue;
    nearest = d;
    best = row;
  }
  return best;
}

/** Chooses landmarks anew: a multiple of four. */
function copyLandmarks(): void {
  const end = rowEnd();
  let count: u32 = 0;
  for (let i: u32 = 0; i < LANDMARKS_MAX; i++) {
    const from = <u32>((<u64>end * i) / LANDMARKS_MAX);
    for (let row = from; row < end && row < from + SEARCH_MAX; row++) {
      if (!hasBit(row, LINKED)) continue;
      memory.copy(landmarkCodes + count * codeStride, code(row), codeStride);
      store<u32>(landmarkRows + (<usize>count << 2), row);
      count++;
      break;
    }
  }
  atomic.store<u32>(header + LANDMARK_COUNT, count & ~3);
}
