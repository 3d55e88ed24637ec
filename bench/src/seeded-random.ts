// Random numbers for generated data sets and for groups: the same seed gives the same numbers on every machine.

/** A source of random numbers. */
export interface SeededRandom {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, end). */
  below(end: number): number;
  /** Standard normal. */
  normal(): number;
}

/** Mulberry32 (Tommy Ettinger, 2017). */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  /** Box and Muller make two normal numbers at a time; the second waits here. */
  let spare: number | undefined;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    // 1 - next() is never 0.
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { next, below: (end) => Math.floor(next() * end), normal };
}

/** A seed that depends on every one of the numbers: each is mixed in by the finalizer of MurmurHash3. */
export function mixSeeds(...seeds: readonly number[]): number {
  let hash = 0x9e3779b9 | 0;
  for (const seed of seeds) {
    hash = Math.imul(hash ^ seed, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}
