import { describe, expect, it } from '@jest/globals';
import { readArguments } from './arguments.ts';

describe('the arguments of npm run soak', () => {
  it('ask for a million requests, a fiftieth of them in real time, twice for a million operations, and for 20,000 fleets', () => {
    expect(readArguments([])).toEqual({
      inProcess: 980_000,
      builtProgram: 20_000,
      endpoint: 1_000_000,
      values: 1_000_000,
      fleet: 20_000,
      seed: 1,
    });
  });

  it('say how many, of which kind, and by which seed', () => {
    expect(readArguments(['--requests', '500', '--seed', '7', '--only', 'in-process'])).toEqual({
      inProcess: 500,
      builtProgram: 0,
      endpoint: 0,
      values: 0,
      fleet: 0,
      seed: 7,
    });
    expect(readArguments(['--requests', '500', '--only', 'built-program'])).toMatchObject({
      inProcess: 0,
      builtProgram: 500,
      endpoint: 0,
    });
    expect(readArguments(['--requests', '500', '--only', 'endpoint'])).toMatchObject({
      inProcess: 0,
      builtProgram: 0,
      endpoint: 500,
    });
    expect(readArguments(['--requests', '500', '--only', 'values'])).toMatchObject({
      inProcess: 0,
      endpoint: 0,
      values: 500,
    });
    expect(readArguments(['--requests', '500', '--only', 'fleet'])).toMatchObject({ values: 0, fleet: 10 });
  });

  it.each([
    ['--requests', 'many'],
    ['--seed', '-1'],
    ['--only', 'both'],
    ['--speed', '9'],
  ])('are refused where they make no sense: %s %s', (option, value) => {
    expect(() => readArguments([option, value])).toThrow();
  });
});
