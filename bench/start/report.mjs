/** Upper limits of a layer, as multiples of the bare extension. */
const GOALS = {
  node: { registerMs: 1.3, readyMs: 1.6, residentMb: 1.3 },
  standalone: { registerMs: 0.6, readyMs: 0.65, residentMb: 1.3 },
  'standalone with items': { readyMs: 2 },
};

const goalsOf = (name) => GOALS[name.replace(/-\w+/, '').replace('1,000 ', '')] ?? {};

/** Prints medians with interquartile ranges and ratios, and returns a sentence for each missed goal. */
export const report = (starts) => {
  const bare = mediansOf(starts.get('bare'));
  const missed = [];
  console.table(
    Object.fromEntries(
      [...starts].map(([name, list]) => {
        const goals = goalsOf(name);
        const medians = mediansOf(list);
        for (const [what, goal] of Object.entries(goals)) {
          const ratio = medians[what] / bare[what];
          if (ratio > goal)
            missed.push(`${name}: ${what} is ${ratio.toFixed(2)} x bare, the goal is ${goal}`);
        }
        return [name, rowOf(list, medians, bare, goals)];
      }),
    ),
  );
  return missed;
};

const KINDS = ['registerMs', 'readyMs', 'residentMb'];

const rowOf = (list, medians, bare, goals) =>
  Object.fromEntries(
    KINDS.flatMap((kind) => {
      const spread = `${at(list, kind, 0.25).toFixed(1)}–${at(list, kind, 0.75).toFixed(1)}`;
      const goal = goals[kind] === undefined ? '' : ` (≤ ${goals[kind]})`;
      return [
        [kind, `${medians[kind].toFixed(1)} [${spread}]`],
        [`x ${kind}`, `${(medians[kind] / bare[kind]).toFixed(2)}${goal}`],
      ];
    }),
  );

const mediansOf = (list) => Object.fromEntries(KINDS.map((kind) => [kind, at(list, kind, 0.5)]));

const at = (list, kind, part) => {
  const sorted = list.map((start) => start[kind]).sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
};
