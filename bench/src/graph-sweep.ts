// Values of the parameter that all graph indexes have in common, the number of candidates they keep while searching.

/** Ascending, from the ten hits that are asked for; close enough together that a wanted recall is not overshot much. */
export const graphSweep: readonly number[] = [
  10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512,
  640, 768, 1000,
];
