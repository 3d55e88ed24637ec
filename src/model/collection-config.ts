// The settings of a collection: as the caller gives them, and resolved to a complete value.

/** How two vectors are compared. The score is cosine similarity, inner product, or euclidean distance. */
export type Metric = "cosine" | "dot" | "euclidean";

/** How a vector is held in the index: one signed byte a component with one scale a vector, or 32-bit floats. */
export type Quantization = "int8" | "none";

/** Where the exact vectors used for rescoring are read from: the store's pages, or a copy beside the codes. */
export type Originals = "memory" | "disk";

/** Settings of one vector field. */
export interface VectorFieldConfig {
  /** Components of a vector: 1 to 4,096. */
  readonly dimension: number;
  /** Default `"cosine"`. */
  readonly metric?: Metric;
}

/** Settings of the graph index. */
export interface IndexConfig {
  /** Most neighbors of a row: 8 to 128. Default 32. */
  readonly maxDegree?: number;
  /** Candidates examined when a row is linked: 16 to 1,024. Default 96. */
  readonly efConstruction?: number;
}

/** What the index of a field holds: values of one type, the words of texts, or places. */
export type MetadataKind = "keyword" | "integer" | "float" | "boolean" | "date" | "text" | "geo";

/** Fields of the metadata, by their paths, with the kinds of index that each has. */
export interface IndexedFields {
  readonly fields: { readonly [path: string]: MetadataKind | readonly MetadataKind[] };
  /** Whether all other fields that are seen are indexed too, as with `"all"`. Default false. */
  readonly all?: boolean;
}

/** Which metadata is indexed: all fields that are seen, those named, or those declared with kinds. */
export type IndexedMetadata = "all" | readonly string[] | IndexedFields;

/** Settings of the index over metadata. */
export interface MetadataConfig {
  /**
   * The paths that are indexed: all that are seen (256 fields at most, the default), those named, or those declared with their
   * kinds; 256 at most. A filter on others, or that asks for what a kind does not hold, reads the metadata of every point that
   * the rest of it lets through. None of them, `[]`, saves the memory.
   */
  readonly indexed?: IndexedMetadata;
}

/** What `createCollection` takes: either `dimension` (one unnamed field), or `vectors` (named fields). */
export interface CollectionConfig {
  readonly dimension?: number;
  readonly metric?: Metric;
  readonly vectors?: { readonly [field: string]: VectorFieldConfig };
  /** Default `"int8"`. */
  readonly quantization?: Quantization;
  /** Default `"disk"`. Has no effect on where vectors are durable: that is always the store. */
  readonly originals?: Originals;
  readonly index?: IndexConfig;
  readonly metadata?: MetadataConfig;
}

/** One vector field, resolved. `name` is `""` for the unnamed field. */
export interface ResolvedVectorField {
  readonly name: string;
  readonly dimension: number;
  readonly metric: Metric;
}

/** A complete, validated configuration; what the catalogue stores. Fields keep the order they were given in. */
export interface ResolvedCollectionConfig {
  readonly fields: readonly ResolvedVectorField[];
  readonly quantization: Quantization;
  readonly originals: Originals;
  readonly maxDegree: number;
  readonly efConstruction: number;
  readonly indexedMetadata: IndexedMetadata;
}
