// Generated vectors that are like sentence embeddings: clusters that overlap, each a cloud along axes of its own within
// a space that all share, and noise in every direction. Unit length.
//
//   x = Σ y_c · common_c + noise       c = 1 … 32
//   y = centre + spread · Σ z_a · own_a                a = 1 … 22, z normal
//
// The intrinsic dimension, by the estimate of Levina and Bickel (2004) from 10, 30 and 100 neighbors, is 19 to 21 for
// 5,000 and for 25,000 rows; that of the sentence embeddings of data-sets/wordnet.ts is 18 to 21. Every block of rows is
// drawn from a seed of its own, so that a set of more rows begins with the rows of a smaller one.

import { mixSeeds, seededRandom, type SeededRandom } from "../seeded-random.js";
import { sourceBlockRows, type DataSource, type SourceVectors } from "./data-source.js";

const commonAxes = 32;
const ownAxes = 22;
const clusterCount = 100;
/** Length of a centre, where a cloud's spread is about 1. */
const centreLength = 0.5;
/** Length of the noise. */
const noiseLength = 0.4;

export const clustered: DataSource = {
  name: "clustered",
  title: `generated: ${clusterCount} overlapping clusters, intrinsic dimension about 20`,
  metric: "cosine",
  dimension: undefined,
  rowCountMax: Infinity,
  queryCountMax: 10_000,
  version: 2,
  open: ({ dimension, seed }) => Promise.resolve(clusteredVectors(dimension, seed)),
};

/** A cloud in the common space. */
interface Cluster {
  readonly centre: Float64Array;
  /** ownAxes × commonAxes. */
  readonly own: Float64Array;
  /** Widths of clusters differ, as those of topics do. */
  readonly spread: number;
}

function clusteredVectors(dimension: number, seed: number): SourceVectors {
  const random = seededRandom(mixSeeds(seed, 1));
  const common = drawAxes(random, commonAxes, dimension);
  const clusters = Array.from({ length: clusterCount }, () => drawCluster(random));
  const draw = (stream: number, count: number): Float32Array =>
    drawVectors({ common, clusters, dimension }, seededRandom(mixSeeds(seed, 2, stream)), count);
  return {
    rows: (from, to) => draw(1 + from / sourceBlockRows, to - from),
    queries: (count) => draw(0, count),
  };
}

/** Random directions, of length 1 on average and nearly orthogonal in many dimensions: count × dimension. */
function drawAxes(random: SeededRandom, count: number, dimension: number): Float64Array {
  const scale = 1 / Math.sqrt(dimension);
  return Float64Array.from({ length: count * dimension }, () => random.normal() * scale);
}

function drawCluster(random: SeededRandom): Cluster {
  const centre = drawAxes(random, 1, commonAxes).map((x) => x * centreLength);
  const own = drawAxes(random, ownAxes, commonAxes);
  return { centre, own, spread: (0.6 + 0.6 * random.next()) / Math.sqrt(ownAxes) };
}

/** What vectors are drawn from. */
interface Mixture {
  /** commonAxes × dimension. */
  readonly common: Float64Array;
  readonly clusters: readonly Cluster[];
  readonly dimension: number;
}

function drawVectors(
  { common, clusters, dimension }: Mixture,
  random: SeededRandom,
  count: number,
): Float32Array {
  const vectors = new Float32Array(count * dimension);
  const x = new Float64Array(dimension);
  const y = new Float64Array(commonAxes);
  const noise = noiseLength / Math.sqrt(dimension);
  for (let i = 0; i < count; i++) {
    const { centre, own, spread } = clusters[random.below(clusters.length)]!;
    y.set(centre);
    for (let a = 0; a < ownAxes; a++) addScaled(y, own, a * commonAxes, spread * random.normal());
    for (let j = 0; j < dimension; j++) x[j] = noise * random.normal();
    for (let c = 0; c < commonAxes; c++) addScaled(x, common, c * dimension, y[c]!);
    storeUnit(x, vectors, i * dimension);
  }
  return vectors;
}

/** x += factor · the x.length numbers of `axes` from `at` on. */
function addScaled(x: Float64Array, axes: Float64Array, at: number, factor: number): void {
  for (let i = 0; i < x.length; i++) x[i]! += factor * axes[at + i]!;
}

function storeUnit(x: Float64Array, target: Float32Array, offset: number): void {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i]! * x[i]!;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < x.length; i++) target[offset + i] = x[i]! * scale;
}
