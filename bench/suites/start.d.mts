import type { Sample } from '../report/budgets.mjs';

export const withDelays: (
  samples: readonly Sample[],
  cases: { readonly of: string; readonly after: string },
) => readonly Sample[];
