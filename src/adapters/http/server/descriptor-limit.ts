import { readFileSync } from 'node:fs';

/** Descriptors that are left for calls of DynamoDB and for the process itself, where there are many. */
const RESERVED = 384;

/**
 * How many connections may be open so that descriptors are left for calls of DynamoDB; without a bound where the system has no
 * such limit. At the limit itself nothing can be accepted any more, and the loop of Bun spins.
 */
export const mostConnections = (readLimits: () => string = readProcessLimits): number => {
  const limit = Number(/^Max open files +(\d+)/m.exec(read(readLimits))?.[1] ?? Number.POSITIVE_INFINITY);
  return Math.max(Math.floor(limit / 2), limit - RESERVED);
};

const readProcessLimits = (): string => readFileSync('/proc/self/limits', 'latin1');

const read = (readLimits: () => string): string => {
  try {
    return readLimits();
  } catch {
    return '';
  }
};
