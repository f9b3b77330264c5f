/** Rotates a list by the round, so that the position of a contender changes. */
export const rotated = (list, round) => list.map((_, index) => list[(index + round) % list.length]);
