// Where everything lies in the shared memory of one vector index. Each thread runs its own instance of the module
// over the same memory; the globals below are per instance and set once by `configure`.
//
//   [header 256 B][landmarks][scratch of thread 0][scratch of thread 1]…[block 0][block 1]…
//
// A block holds 1,024 rows, split by kind, so that a walk touches compact arrays and growing never moves a row:
//
//   [live bits][linked bits][claimed bits][condemned bits]   128 bytes each
//   [links]      1,024 × (head u32, parent u32, maxDegree neighbors u32)
//   [codes]      1,024 × (4 bits a component, scale f32, base f32, norm² f32, total f32)
//   [fine]       1,024 × (4 more bits a component, residual f32, sum i32), not with full precision
//   [originals]  1,024 × padded f32 components, only with originals in memory beside int8 codes
//
// head of a link list: bits 0-7 degree, bits 8-15 pinned children, bits 16-23 neighbors compared, bit 31 the lock.

/** Rows of a block: 2^10. */
export const BLOCK_SHIFT: u32 = 10;
export const BLOCK_ROWS: u32 = 1 << BLOCK_SHIFT;
const BLOCK_MASK: u32 = BLOCK_ROWS - 1;
/** Bytes of one bit set in a block. */
const BITS_BYTES: usize = BLOCK_ROWS >> 3;

/** No row: the parent of the entry row, and the entry of an empty graph. */
export const NO_ROW: u32 = 0xffffffff;

/** Metrics, in the numbering of src/kernel/kernel-settings.ts. */
export const COSINE: u32 = 0;
export const DOT: u32 = 1;
export const EUCLIDEAN: u32 = 2;

/** Kinds of bit sets, as byte offsets in a block. */
export const LIVE: usize = 0;
export const LINKED: usize = BITS_BYTES;
export const CLAIMED: usize = 2 * BITS_BYTES;
export const CONDEMNED: usize = 3 * BITS_BYTES;

/** Most candidates a pool holds: limit and offset are at most 10,000 each. */
export const POOL_MAX: u32 = 20480;
/** Rows gathered and scored at once; also the longest list a host passes in one call. */
export const GATHER_MAX: u32 = POOL_MAX;
/** Rows where walks may begin; see landmarks.ts. */
export const LANDMARKS_MAX: u32 = 64;
/** Dimensions below this are walked by all bits of codes. */
export const COARSE_DIMENSION_MIN: u32 = 128;
/** Candidates that an exact scan may keep before it gives up and leaves the work to the host. */
export const EXACT_MAX: u32 = 65536;
/** Exact vectors that are rescored in one call. */
export const RESCORE_ROWS: u32 = 64;

export let dimension: u32 = 0;
export let metric: u32 = 0;
/** True if a row's code is its f32 components. */
export let fullPrecision: bool = false;
export let originalsInMemory: bool = false;
export let maxDegree: u32 = 0;
/** Degree to which an overflowing list is pruned. */
export let pruneDegree: u32 = 0;
/** Most pinned children of a row; below pruneDegree, so that a pruned list has room for a new one. */
export let pinMax: u32 = 0;
export let efConstruction: u32 = 0;

/** Bytes of the components in a code, a multiple of 16: the part that a walk reads. */
export let codeBytes: u32 = 0;
export let codeStride: usize = 0;
/** Bytes of the components in a fine code: as many as in a code, or none with full precision. */
export let fineBytes: u32 = 0;
export let fineStride: usize = 0;
/** Components of a vector padded to a multiple of 32, as it lies in scratch. */
export let paddedDimension: u32 = 0;
export let linkStride: usize = 0;
export let originalStride: usize = 0;

let blocks: usize = 0;
let blockBytes: usize = 0;
let linksOffset: usize = 0;
let codesOffset: usize = 0;
let fineOffset: usize = 0;
let originalsOffset: usize = 0;
/** Most rows this memory can hold. */
export let rowMax: u32 = 0;

export let header: usize = 0;
/** One bit a row: rows this walk has seen. */
export let visited: usize = 0;
/** One bit a row: rows that a reachability sweep has reached, and those of them whose neighbors it has followed. */
export let reached: usize = 0;
export let expanded: usize = 0;
/** One bit a row: rows that a filter lets through, as the host wrote them for one search. */
export let allowed: usize = 0;
/** The vector handed over by the host, f32. */
export let inputVector: usize = 0;
/** The query as the dot product consumes it: i8, i16 or f32. */
export let preparedQuery: usize = 0;
/** Sorted candidates; one u64 of zero lies before each as a sentinel. */
export let poolA: usize = 0;
export let poolB: usize = 0;
export let gatherRows: usize = 0;
export let gatherDistances: usize = 0;
/** Neighbor list being built. */
export let listScratch: usize = 0;
/** Codes of the landmarks side by side, and their rows: shared by all threads. */
export let landmarkCodes: usize = 0;
export let landmarkRows: usize = 0;
export let hostRows: usize = 0;
export let hostScores: usize = 0;
export let rescoreVectors: usize = 0;
/** Checksums that the store has of them. */
export let rescoreSums: usize = 0;
/** Lower bounds (f32) and rows (u32) of an exact scan. */
export let exactCandidates: usize = 0;

/** Room for two lists of the greatest degree. */
export const LIST_SCRATCH_BYTES: usize = 2048;
const HEADER_BYTES: usize = 256;

// Header words. Each is read and written atomically.
/** Rows below this are in blocks that exist. */
export const ROW_END: usize = 0;
/** Row where walks begin, or NO_ROW. */
export const ENTRY: usize = 4;
/** Greatest norm² seen by the dot metric, as f32 bits. */
export const NORM_MAX: usize = 8;
/** Not zero: linking and consolidating threads return as soon as they can. */
export const PAUSE: usize = 12;
/** Every row below this is linked or not live. */
export const TAIL_START: usize = 16;
export const LINKED_COUNT: usize = 20;
/** Not zero: linking threads give way to a writer. */
export const WRITING: usize = 24;
/** Landmarks there are, and how many rows were linked when they were chosen. */
export const LANDMARK_COUNT: usize = 28;
export const LANDMARKS_AT: usize = 32;

@inline function align(x: usize, to: usize): usize { return (x + to - 1) & ~(to - 1); }

/** Sets the layout of this instance. `thread` is below `threads`; thread 0 is the host's. */
export function configure(
  dimension_: u32, metric_: u32, fullPrecision_: bool, originalsInMemory_: bool,
  maxDegree_: u32, efConstruction_: u32, threads: u32, thread: u32,
): void {
  dimension = dimension_;
  metric = metric_;
  fullPrecision = fullPrecision_;
  originalsInMemory = originalsInMemory_;
  maxDegree = maxDegree_;
  pruneDegree = maxDegree - (maxDegree >> 2);
  pinMax = maxDegree >> 1;
  efConstruction = efConstruction_;

  paddedDimension = (dimension + 31) & ~31;
  codeBytes = fullPrecision ? paddedDimension << 2 : paddedDimension >> 1;
  codeStride = codeBytes + 16;
  fineBytes = fullPrecision ? 0 : codeBytes;
  fineStride = fullPrecision ? 0 : fineBytes + 8;
  // Whole u64: a list is cleared by one atomic store, which traps where it is not aligned.
  linkStride = align(8 + (<usize>maxDegree << 2), 8);
  originalStride = <usize>paddedDimension << 2;
  const ownOriginals = originalsInMemory && !fullPrecision;
  linksOffset = 4 * BITS_BYTES;
  codesOffset = align(linksOffset + BLOCK_ROWS * linkStride, 64);
  fineOffset = align(codesOffset + BLOCK_ROWS * codeStride, 64);
  originalsOffset = align(fineOffset + BLOCK_ROWS * fineStride, 64);
  blockBytes = align(originalsOffset + (ownOriginals ? BLOCK_ROWS * originalStride : 0), 64);

  header = align(__heap_base, 256);
  // A thread keeps four bits a row beside its fixed scratch; solve for the rows that fit below 4 GiB.
  const fixed: usize = placeScratch(0, 0);
  const shared: usize = placeLandmarks(header + HEADER_BYTES);
  const available: u64 = 0xffff0000 - <u64>shared - <u64>threads * <u64>fixed - 65536;
  const perBlock: u64 = <u64>blockBytes + <u64>threads * 4 * <u64>BITS_BYTES;
  const blockMax: u32 = <u32>(available / perBlock);
  rowMax = blockMax << BLOCK_SHIFT;
  const bits: usize = <usize>blockMax * BITS_BYTES + 64;
  const scratch: usize = placeScratch(0, bits);
  placeScratch(shared + thread * scratch, bits);
  blocks = align(shared + threads * scratch, 64);
}

/** Lays out the landmarks from `at`, and returns where they end. */
function placeLandmarks(at: usize): usize {
  landmarkCodes = at;
  landmarkRows = landmarkCodes + align(fullPrecision ? 0 : LANDMARKS_MAX * codeStride, 64);
  return align(landmarkRows + (<usize>LANDMARKS_MAX << 2), 64);
}

/** Lays out one thread's scratch from `at`, and returns its bytes. */
function placeScratch(at: usize, bits: usize): usize {
  let p = at;
  visited = p; p += align(bits, 64);
  reached = p; p += align(bits, 64);
  expanded = p; p += align(bits, 64);
  allowed = p; p += align(bits, 64);
  inputVector = p; p += align(originalStride, 64);
  preparedQuery = p; p += align(originalStride, 64);
  poolA = p + 64; p += align((<usize>POOL_MAX + 16) << 3, 64) + 64;
  poolB = p + 64; p += align((<usize>POOL_MAX + 16) << 3, 64) + 64;
  gatherRows = p; p += <usize>(GATHER_MAX + 16) << 2;
  gatherDistances = p; p += <usize>(GATHER_MAX + 16) << 2;
  listScratch = p; p += LIST_SCRATCH_BYTES;
  hostRows = p; p += <usize>(POOL_MAX + 16) << 2;
  hostScores = p; p += <usize>(POOL_MAX + 16) << 3;
  rescoreVectors = p; p += RESCORE_ROWS * originalStride;
  rescoreSums = p; p += RESCORE_ROWS << 2;
  exactCandidates = p; p += <usize>EXACT_MAX << 3;
  return align(p, 64) - at;
}

/** Bytes of memory needed for `rowCount` rows; rounded up to whole blocks. */
export function bytesFor(rowCount: u32): f64 {
  const count = (rowCount + BLOCK_MASK) >> BLOCK_SHIFT;
  return <f64>blocks + <f64>count * <f64>blockBytes;
}

/** Address and bytes of a block, for the checkpoint. */
export function blockAddress(block: u32): usize { return blocks + <usize>block * blockBytes; }
export function blockByteCount(): usize { return blockBytes; }

@inline export function block(row: u32): usize { return blocks + <usize>(row >> BLOCK_SHIFT) * blockBytes; }
@inline export function links(row: u32): usize { return block(row) + linksOffset + <usize>(row & BLOCK_MASK) * linkStride; }
@inline export function code(row: u32): usize { return block(row) + codesOffset + <usize>(row & BLOCK_MASK) * codeStride; }
@inline export function fine(row: u32): usize { return block(row) + fineOffset + <usize>(row & BLOCK_MASK) * fineStride; }
@inline export function original(row: u32): usize { return block(row) + originalsOffset + <usize>(row & BLOCK_MASK) * originalStride; }
/** Address of the word that holds a row's bit. */
@inline export function bitWord(row: u32, set: usize): usize { return block(row) + set + <usize>((row & BLOCK_MASK) >> 5 << 2); }
@inline export function bitMask(row: u32): u32 { return 1 << (row & 31); }
@inline export function hasBit(row: u32, set: usize): bool { return (atomic.load<u32>(bitWord(row, set)) & bitMask(row)) != 0; }
/** Sets a bit; returns whether it was set before. */
@inline export function setBit(row: u32, set: usize): bool { return (atomic.or<u32>(bitWord(row, set), bitMask(row)) & bitMask(row)) != 0; }
/** Clears a bit; returns whether it was set before. */
@inline export function clearBit(row: u32, set: usize): bool { return (atomic.and<u32>(bitWord(row, set), ~bitMask(row)) & bitMask(row)) != 0; }

// What follows a code: four words; and a fine code: two.
@inline export function scaleOf(c: usize): f32 { return load<f32>(c + codeBytes); }
@inline export function baseOf(c: usize): f32 { return load<f32>(c + codeBytes, 4); }
@inline export function normOf(c: usize): f32 { return load<f32>(c + codeBytes, 8); }
@inline export function residualOf(row: u32): f32 { return fullPrecision ? 0 : load<f32>(fine(row) + fineBytes); }
@inline export function sumOf(row: u32): i32 { return load<i32>(fine(row) + fineBytes, 4); }

@inline export function rowEnd(): u32 { return atomic.load<u32>(header + ROW_END); }
@inline export function entryRow(): u32 { return atomic.load<u32>(header + ENTRY); }
@inline export function paused(): bool { return atomic.load<u32>(header + PAUSE) != 0; }

// Accessors for the host.
export function headerAddress(): usize { return header; }
export function rowLimit(): u32 { return rowMax; }
export function inputAddress(): usize { return inputVector; }
export function hostRowsAddress(): usize { return hostRows; }
export function hostScoresAddress(): usize { return hostScores; }
export function rescoreAddress(): usize { return rescoreVectors; }
export function rescoreSumsAddress(): usize { return rescoreSums; }
export function allowedAddress(): usize { return allowed; }
export function exactAddress(): usize { return exactCandidates; }
export function originalStrideBytes(): usize { return originalStride; }
export function scratchEnd(): usize { return blocks; }
/** Bytes at the start of a block that a checkpoint holds: all but originals, which the store has. */
export function checkpointBytes(): usize { return originalsOffset; }
export function originalAddress(row: u32): usize { return original(row); }
/** Bytes of a row that a coarse walk reads. */
export function coarseStrideBytes(): usize { return codeStride; }
/** Bytes of a row's codes: what a scan reads of it. */
export function codeStrideBytes(): usize { return codeStride + fineStride; }
export function linkStrideBytes(): usize { return linkStride; }
export function ownOriginalBytes(): usize { return originalsInMemory && !fullPrecision ? originalStride : 0; }
