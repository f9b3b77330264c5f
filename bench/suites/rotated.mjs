/** The same list, with another in front each round, so that none always follows the same one. */
export const rotated = (list, round) => list.map((_, index) => list[(index + round) % list.length]);
