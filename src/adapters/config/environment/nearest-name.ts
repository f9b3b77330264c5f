/** The share of a name that may differ for it to be taken for a slip of the pen. */
const MAX_DIFFERENCE = 0.4;

/** The one of `names` that was probably meant by `given`, in whatever letter case; undefined if none is near. */
export const nearestName = (given: string, names: readonly string[]): string | undefined => {
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const allowance = Math.max(1, Math.floor(name.length * MAX_DIFFERENCE));
    // Lengths alone tell most names apart, and keep a monstrous one from costing anything.
    if (Math.abs(name.length - given.length) > allowance) continue;
    const distance = editDistance(given.toLowerCase(), name.toLowerCase());
    if (distance <= allowance && distance < least) {
      nearest = name;
      least = distance;
    }
  }
  return nearest;
};

/** How many characters must be added, removed, replaced or swapped with the next to make one text of the other. */
const editDistance = (from: string, to: string): number => {
  let twoAbove: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (above[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? (twoAbove[column - 2] ?? 0) + 1 : replaced;
      current.push(Math.min(replaced, swapped, (above[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    twoAbove = above;
    above = current;
  }
  return above[to.length] ?? 0;
};
