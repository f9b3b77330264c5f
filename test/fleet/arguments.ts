import { parseArgs } from 'node:util';
import { parseCoherence } from '../../src/domain/cache/coherence.ts';

/** What `npm run fleet` is asked to do. */
interface FleetArguments {
  /** One run each. */
  readonly modes: readonly string[];
  readonly seconds: number;
  readonly environments: number;
  readonly seed: number;
}

const MODES = ['ttl', '1s', 'invocation'];

/** @throws {RangeError} if a value is not allowed; {TypeError} for an unknown option */
export const readFleetArguments = (args: readonly string[]): FleetArguments => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      mode: { type: 'string', multiple: true, default: MODES },
      seconds: { type: 'string', default: '300' },
      environments: { type: 'string', default: '8' },
      seed: { type: 'string', default: '1' },
    },
  });
  for (const mode of values.mode) modeIn(mode);
  return {
    modes: values.mode,
    seconds: positive('--seconds', values.seconds),
    environments: positive('--environments', values.environments),
    seed: positive('--seed', values.seed),
  };
};

const modeIn = (text: string): void => {
  try {
    parseCoherence(text);
  } catch (error) {
    throw new RangeError(`--mode ${JSON.stringify(text)}: ${error instanceof Error ? error.message : ''}`);
  }
};

const positive = (option: string, text: string): number => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || !Number.isSafeInteger(number))
    throw new RangeError(`${option} takes a whole number from 1`);
  return number;
};
