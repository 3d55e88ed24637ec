// Every limit on what callers pass, in one place, so that decoders, messages and documentation agree.

/** Limits on input. Bounds are inclusive. */
export const limits = {
  dimensionMax: 4096,
  fieldCountMax: 16,
  fieldNameLengthMax: 64,
  collectionNameLengthMax: 255,
  idBytesMax: 512,
  metadataBytesMax: 1024 * 1024,
  metadataDepthMax: 64,
  limitMax: 10_000,
  offsetMax: 10_000,
  efMax: 10_000,
  groupsMax: 1_000,
  perGroupMax: 1_000,
  /** Hits in all groups of a search. */
  groupedHitsMax: 10_000,
  /** A target recall; the whole is asked for with `exact`. */
  recallMin: 0.5,
  recallMax: 0.999,
  linkingThreadsMax: 64,
  searchThreadsMax: 64,
  /** An hour. */
  slowQueryMsMax: 3_600_000,
  /** Points in one write, ids in one call. */
  pointsMax: 1_000_000,
  /** Searches of one batch. */
  searchesMax: 100_000,
  /** Metadata as JSON text, vectors and 64 bytes a point, in one answer. */
  answerBytesMax: 256 * 1024 * 1024,
  flushIntervalMsMin: 10,
  flushIntervalMsMax: 60_000,
  indexedPathsMax: 256,
  filterDepthMax: 64,
  filterNodesMax: 4096,
  filterValuesMax: 100_000,
  filterCornersMax: 10_000,
  patternLengthMax: 1000,
  patternSizeMax: 500,
} as const;

/** Values used where the caller gives none. */
export const defaults = {
  metric: "cosine",
  slowQueryMs: 1_000,
  quantization: "int8",
  originals: "disk",
  maxDegree: 32,
  efConstruction: 96,
  searchLimit: 10,
  listLimit: 100,
  facetLimit: 10,
  groups: 10,
  perGroup: 3,
  recall: 0.99,
  durability: "sync",
  flushIntervalMs: 1000,
} as const;

/** Points that are worked on between two chances to let the event loop turn. */
export const pointsBetweenPauses = 64;
