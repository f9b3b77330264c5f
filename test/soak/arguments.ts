import { parseArgs } from 'node:util';

/** The numbers of requests of each part of the soak. */
interface SoakArguments {
  readonly inProcess: number;
  readonly builtProgram: number;
  /** Operations through the endpoint for SDKs. */
  readonly endpoint: number;
  /** Operations on parameters and secrets. */
  readonly values: number;
  /** Simulated fleets of environments. */
  readonly fleet: number;
  readonly seed: number;
}

const DEFAULT_REQUESTS = 1_000_000;
/** In real time a request takes a hundred times as long as in simulated time. */
const BUILT_SHARE = 0.02;
/** A simulated fleet makes about as many requests. */
export const REQUESTS_OF_FLEET = 50;

/** @throws {RangeError} if a value is not a whole number; {TypeError} for an unknown option */
export const readArguments = (args: readonly string[]): SoakArguments => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      requests: { type: 'string', default: String(DEFAULT_REQUESTS) },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
    },
  });
  const requests = wholeNumber('--requests', values.requests);
  const seed = wholeNumber('--seed', values.seed);
  const nothing = { inProcess: 0, builtProgram: 0, endpoint: 0, values: 0, fleet: 0, seed };
  if (values.only === 'in-process') return { ...nothing, inProcess: requests };
  if (values.only === 'built-program') return { ...nothing, builtProgram: requests };
  if (values.only === 'endpoint') return { ...nothing, endpoint: requests };
  if (values.only === 'values') return { ...nothing, values: requests };
  const fleet = Math.round(requests / REQUESTS_OF_FLEET);
  if (values.only === 'fleet') return { ...nothing, fleet };
  if (values.only !== undefined)
    throw new RangeError('--only takes in-process, built-program, endpoint, values or fleet');
  const builtProgram = Math.round(requests * BUILT_SHARE);
  const inProcess = requests - builtProgram;
  return { inProcess, builtProgram, endpoint: requests, values: requests, fleet, seed };
};

const wholeNumber = (option: string, text: string): number => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new RangeError(`${option} takes a whole number`);
  return number;
};
