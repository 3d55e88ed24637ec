// 32-bit floats as the shortest decimals that read back equal: 0.1, not 0.10000000149011612.

/** Every 32-bit float is told from its neighbors by nine digits, and most by seven or eight. */
const digitsMin = 6;
const digitsMax = 9;
/** Below it floats are further apart from each other, in proportion, so that fewer digits may do. */
const normalMin = 2 ** -126;

/**
 * The 64-bit float with the shortest decimal text among those that round to the same 32-bit float as `value`, which must be
 * finite. JavaScript prints it in that text. About 0.5 µs.
 */
export function shortestFloat32(value: number): number {
  const single = Math.fround(value);
  if (Number.isInteger(single) && Math.abs(single) < 2 ** 24) return single;
  for (let digits = Math.abs(single) < normalMin ? 1 : digitsMin; digits < digitsMax; digits++) {
    const candidate = Number(single.toPrecision(digits));
    if (Math.fround(candidate) === single) return candidate;
  }
  return Number(single.toPrecision(digitsMax));
}
