import { describe, expect, it } from '@jest/globals';
import { readFleetArguments } from './arguments.ts';

describe('the arguments of npm run fleet', () => {
  it('ask for five minutes of eight environments in each mode', () => {
    expect(readFleetArguments([])).toEqual({
      modes: ['ttl', '1s', 'invocation'],
      seconds: 300,
      environments: 8,
      seed: 1,
    });
  });

  it('choose modes, time, environments and seed', () => {
    const args = '--mode 250ms --mode ttl --seconds 20 --environments 3 --seed 9'.split(' ');

    expect(readFleetArguments(args)).toEqual({
      modes: ['250ms', 'ttl'],
      seconds: 20,
      environments: 3,
      seed: 9,
    });
  });

  it.each([['--mode', 'always'], ['--seconds', '0'], ['--environments', 'two'], ['--unknown']])(
    'refuse %s %s',
    (...args) => {
      expect(() => readFleetArguments(args)).toThrow(args[0]);
    },
  );
});
