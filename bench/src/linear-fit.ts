// A straight line through points, by least squares: what of a quantity is fixed and what grows with n.

/** y ≈ fixed + slope · x. */
export interface LinearFit {
  readonly fixed: number;
  readonly slope: number;
}

/** The line through at least two points of different x; undefined of fewer. */
export function fitLine(
  points: readonly { readonly x: number; readonly y: number }[],
): LinearFit | undefined {
  const meanX = mean(points.map(({ x }) => x));
  const meanY = mean(points.map(({ y }) => y));
  let products = 0;
  let squares = 0;
  for (const { x, y } of points) {
    products += (x - meanX) * (y - meanY);
    squares += (x - meanX) ** 2;
  }
  if (points.length < 2 || squares === 0) return undefined;
  const slope = products / squares;
  return { fixed: meanY - slope * meanX, slope };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
