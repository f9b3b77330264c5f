import { describe, expect, it } from '@jest/globals';
import { type Budget, judge, readBudgets, verdicts } from '../../bench/report/budgets.mjs';

const BUDGET: Budget = {
  suite: 'hit',
  promise: 'node: CPU time, relative to G',
  case: 'sixteen',
  contender: 'node',
  metric: 'cpuUs',
  against: { contender: 'G' },
  most: 0.8,
};

const sampled = (round: number, contender: string, cpuUs: number) => ({
  round,
  case: 'sixteen',
  contender,
  values: { cpuUs },
});

const pairsOf = (...pairs: readonly (readonly [number, number])[]) =>
  pairs.flatMap(([node, bareGo], round) => [sampled(round, 'node', node), sampled(round, 'G', bareGo)]);

const only = <T>([first]: readonly T[]) => first;

describe('judge', () => {
  it('reports a budget as held if the median ratio of the rounds is within the limit', () => {
    const samples = pairsOf([7, 10], [8, 10], [30, 10]);

    expect(judge([BUDGET], 'hit', { samples })).toEqual([
      { promise: BUDGET.promise, limit: '≤ 0.8', value: 0.8, state: 'holds' },
    ]);
  });

  it.each([
    ['above an upper limit', BUDGET],
    ['below a lower limit', { ...BUDGET, most: undefined, least: 1.2 } as unknown as Budget],
  ])('reports a budget as missed if the median ratio is %s', (_, budget) => {
    expect(only(judge([budget], 'hit', { samples: pairsOf([9, 10]) }))).toMatchObject({
      value: 0.9,
      state: 'missed',
    });
  });

  it('reports a figure without a limit as one without a goal', () => {
    const { most, ...figure } = BUDGET;

    expect(only(judge([figure], 'hit', { samples: pairsOf([9, 10]) }))).toMatchObject({
      limit: '',
      value: 0.9,
      state: 'no goal',
    });
  });

  it.each([
    ['its contender', 'node'],
    ['the contender that it is compared with', 'G'],
  ])('reports a budget as skipped, by name, if %s was skipped', (_, contender) => {
    const skipped = [{ contender, reason: 'go was not found on the PATH' }];
    const judged = judge([BUDGET], 'hit', { samples: [sampled(0, 'node', 1)], skipped });

    expect(judged).toEqual([
      { promise: BUDGET.promise, limit: '≤ 0.8', state: 'skipped', skipped: contender },
    ]);
    expect(only(verdicts(judged))).toMatch(new RegExp(`^skipped .*\\(${contender} was skipped\\)$`));
  });

  it('reports a budget as not measured if no sample has its case', () => {
    expect(only(judge([BUDGET], 'hit', { samples: [] }))?.state).toBe('not measured');
  });

  it('leaves out the budgets of other suites', () => {
    expect(judge([BUDGET], 'start', { samples: pairsOf([7, 10]) })).toEqual([]);
  });
});

describe('budgets.json', () => {
  it('compares the hits of both layers with G, with both clients', () => {
    const compared = readBudgets()
      .filter(({ suite, against }) => suite === 'hit' && against?.contender === 'G')
      .map(({ contender, case: title }) => `${contender}, ${/(busy|sleeping) client/.exec(title)?.[1]}`);

    expect(new Set(compared)).toEqual(
      new Set(['node, busy', 'node, sleeping', 'standalone, busy', 'standalone, sleeping']),
    );
  });

  it('has a different promise for each budget', () => {
    const promises = readBudgets().map(({ promise }) => promise);

    expect(new Set(promises).size).toBe(promises.length);
  });
});
