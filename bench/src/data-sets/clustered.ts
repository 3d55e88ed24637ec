// Generated vectors that are like embeddings: clusters that overlap, each a cloud along a low-dimensional subspace of
// its own, and a little noise in every direction. Unit length.
//
//   x = centre + spread · Σ z_j · axis_j + noise        j = 1 … 22
//
// The centres lie along 22 common axes. Every block of rows is drawn from a seed of its own, so that a set of more
// rows begins with the rows of a smaller one.

import { mixSeeds, seededRandom, type SeededRandom } from "../seeded-random.js";
import { sourceBlockRows, type DataSource, type SourceVectors } from "./data-source.js";

const axisCount = 22;
const clusterCount = 200;
/** Length of a centre; the clouds are about as wide, so that clusters overlap. */
const centreLength = 1;
/** Length of the noise of a whole vector. */
const noiseLength = 0.15;

export const clustered: DataSource = {
  name: "clustered",
  title: `generated: ${clusterCount} overlapping clusters, each along ${axisCount} axes of its own, and noise`,
  metric: "cosine",
  dimension: undefined,
  rowCountMax: Infinity,
  queryCountMax: 10_000,
  version: 1,
  open: ({ dimension, seed }) => Promise.resolve(clusteredVectors(dimension, seed)),
};

interface Cluster {
  readonly centre: Float64Array;
  /** axisCount × dimension. */
  readonly axes: Float64Array;
  /** Widths of clusters differ, as those of topics do. */
  readonly spread: number;
}

function clusteredVectors(dimension: number, seed: number): SourceVectors {
  const random = seededRandom(mixSeeds(seed, 1));
  const common = drawAxes(random, dimension);
  const clusters = Array.from({ length: clusterCount }, () => drawCluster(random, common, dimension));
  const draw = (stream: number, count: number): Float32Array =>
    drawVectors(clusters, seededRandom(mixSeeds(seed, 2, stream)), count, dimension);
  return {
    rows: (from, to) => draw(1 + from / sourceBlockRows, to - from),
    queries: (count) => draw(0, count),
  };
}

/** Random directions of unit length on average: nearly orthogonal in many dimensions. */
function drawAxes(random: SeededRandom, dimension: number): Float64Array {
  const axes = new Float64Array(axisCount * dimension);
  const scale = 1 / Math.sqrt(dimension);
  for (let i = 0; i < axes.length; i++) axes[i] = random.normal() * scale;
  return axes;
}

function drawCluster(random: SeededRandom, common: Float64Array, dimension: number): Cluster {
  const centre = new Float64Array(dimension);
  const place = Float64Array.from({ length: axisCount }, () => random.normal());
  addCombination(centre, common, place, centreLength / Math.sqrt(axisCount));
  return { centre, axes: drawAxes(random, dimension), spread: (0.6 + 0.6 * random.next()) / Math.sqrt(axisCount) };
}

function drawVectors(
  clusters: readonly Cluster[],
  random: SeededRandom,
  count: number,
  dimension: number,
): Float32Array {
  const vectors = new Float32Array(count * dimension);
  const x = new Float64Array(dimension);
  const place = new Float64Array(axisCount);
  const noise = noiseLength / Math.sqrt(dimension);
  for (let i = 0; i < count; i++) {
    const { centre, axes, spread } = clusters[random.below(clusters.length)]!;
    for (let j = 0; j < axisCount; j++) place[j] = random.normal();
    for (let j = 0; j < dimension; j++) x[j] = centre[j]! + noise * random.normal();
    addCombination(x, axes, place, spread);
    storeUnit(x, vectors, i * dimension);
  }
  return vectors;
}

/** x += factor · Σ place_j · axis_j. */
function addCombination(x: Float64Array, axes: Float64Array, place: Float64Array, factor: number): void {
  const dimension = x.length;
  for (let j = 0; j < place.length; j++) {
    const weight = factor * place[j]!;
    const at = j * dimension;
    for (let i = 0; i < dimension; i++) x[i]! += weight * axes[at + i]!;
  }
}

function storeUnit(x: Float64Array, target: Float32Array, offset: number): void {
  let squares = 0;
  for (let i = 0; i < x.length; i++) squares += x[i]! * x[i]!;
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < x.length; i++) target[offset + i] = x[i]! * scale;
}
