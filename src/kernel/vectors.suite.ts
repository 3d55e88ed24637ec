// Vectors for tests: tables of extreme ones, arbitraries over all f32 that an index accepts, and seeded clusters.

import * as fc from "fast-check";

export const metrics = ["cosine", "dot", "euclidean"] as const;
const f32Max = Math.fround(3.4028234663852886e38);
const denormal = 2 ** -149;

/** Dimensions around every border of the kernels: lanes of 4, 8, 16, and the greatest. */
export const dimensions = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 127, 512, 769, 4095, 4096];

/** Asserts a property. A failure prints its seed, its path and the smallest counterexample, cut where it is long. */
export function check<T>(property: fc.IProperty<T>, numRuns: number): void {
  const result = fc.check(property, { numRuns, seed: Date.now() & 0x7fffffff });
  if (!result.failed) return;
  const { seed, counterexamplePath, counterexample, errorInstance } = result;
  const found = fc.stringify(counterexample).slice(0, 2000);
  const cause = errorInstance instanceof Error ? errorInstance.message.slice(0, 2000) : "none";
  throw new Error(`seed ${seed}, path ${counterexamplePath ?? ""}\nfor ${found}\n${cause}`);
}

/** One vector of each kind, seeded by its dimension. */
export function extremeVectors(dimension: number): readonly { kind: string; vector: Float32Array }[] {
  const random = seeded(dimension);
  const of = (kind: string, at: (i: number) => number): { kind: string; vector: Float32Array } => ({
    kind,
    vector: Float32Array.from({ length: dimension }, (_, i) => at(i)),
  });
  const last = dimension - 1;
  return [
    of("random", () => random() * 2 - 1),
    of("zero", () => 0),
    of("negative zero", () => -0),
    of("constant", () => 0.1),
    of("negative constant", () => -3),
    of("one-hot", (i) => (i === last ? 1 : 0)),
    of("greatest", () => f32Max),
    of("greatest of both signs", (i) => (i % 2 === 0 ? f32Max : -f32Max)),
    of("one greatest", (i) => (i === 0 ? -f32Max : 0)),
    of("2^55", () => 2 ** 55),
    of("about 2^60", () => (random() - 0.5) * 2 ** 61),
    of("about 2^-52", () => (random() - 0.5) * 2 ** -52),
    of("denormal", () => denormal * Math.round(random() * 10 - 5)),
    of("all least", () => denormal),
    of("one least", (i) => (i === last ? denormal : 0)),
    of("mixed magnitudes", (i) => (random() - 0.5) * 10 ** ((i % 76) - 38)),
    of("halves", (i) => ((i % 127) - 63) / 63 + 0.5 / 63),
  ];
}

const component = fc.oneof(
  { weight: 6, arbitrary: fc.float({ min: -1, max: 1, noNaN: true }) },
  { weight: 2, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, denormal, -denormal, f32Max, -f32Max, 1, 2 ** -126) },
);

/** A magnitude for a whole vector: mostly one, and every power of two that f32 has. */
const exponent = fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.integer({ min: -149, max: 127 }));

/** Any vector of a dimension; large ones are a short random pattern repeated, with one place altered. */
export function vectorOf(dimension: number): fc.Arbitrary<Float32Array> {
  const patternLength = Math.min(dimension, 40);
  return fc
    .record({
      pattern: fc.array(component, { minLength: patternLength, maxLength: patternLength }),
      exponent,
      place: fc.nat(dimension - 1),
      value: component,
    })
    .map(({ pattern, exponent, place, value }) => {
      const vector = Float32Array.from({ length: dimension }, (_, i) => pattern[i % patternLength] ?? 0);
      vector[place] = value;
      // Components beyond the greatest f32 are refused by the model, so they do not occur here.
      return vector.map((x) => Math.max(-f32Max, Math.min(f32Max, x * 2 ** exponent)));
    });
}

/** `count` vectors of one dimension from 1 to 4,096, mostly small. */
export function vectorsOf(count: number): fc.Arbitrary<readonly Float32Array[]> {
  const dimension = fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: 70 }) },
    { weight: 2, arbitrary: fc.integer({ min: 71, max: 600 }) },
    { weight: 1, arbitrary: fc.integer({ min: 601, max: 4096 }) },
  );
  return dimension.chain((length) => fc.array(vectorOf(length), { minLength: count, maxLength: count }));
}

/** Random numbers in 0 … 1 from a seed: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Vectors around random centres, as embeddings lie: what a graph can be measured with. */
export function clusteredVectors(options: {
  readonly count: number;
  readonly dimension: number;
  readonly seed: number;
}): Float32Array[] {
  const { count, dimension, seed } = options;
  const random = seeded(seed);
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const vector = (at: (i: number) => number): Float32Array =>
    Float32Array.from({ length: dimension }, (_, i) => at(i));
  const centres = Array.from({ length: 24 }, () => vector(gaussian));
  return Array.from({ length: count }, () => {
    const centre = centres[Math.floor(random() * centres.length)];
    return vector((i) => (centre?.[i] ?? 0) + 0.7 * gaussian());
  });
}
