import type { Settings } from '../settings.ts';
import { PLATFORM_VARIABLES, VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

/** How much the program may keep, and how much it may ask for at a time. */
export type Limits = Pick<
  Settings,
  'maxBytes' | 'maxItems' | 'maxAbsenceBytes' | 'maxSourceReads' | 'maxWaitingReads' | 'maxPendingBodyBytes'
>;

const MIB = 1_048_576;
const STORE_BYTES_WHERE_UNKNOWN = 64 * MIB;
/** The most that a function can have. */
const LARGEST_MEMORY = 10_240 * MIB;

/** Reads the limits; those of the server are apart. */
export const limits = (variables: Variables): Limits => {
  const memoryBytes = functionMemoryBytes(variables.text(PLATFORM_VARIABLES.functionMemory));
  const maxBytes = variables.wholeNumber(
    VARIABLES.maxBytes,
    // A store as large as the memory of the function would be the end of the function.
    { min: 65_536, max: memoryBytes ?? LARGEST_MEMORY },
    defaultStoreBytes(memoryBytes),
  );
  const maxItems = variables.wholeNumber(VARIABLES.maxItems, { min: 1, max: 10_000_000 }, undefined);
  return {
    maxBytes,
    ...(maxItems === undefined ? {} : { maxItems }),
    maxAbsenceBytes: variables.wholeNumber(
      VARIABLES.maxAbsenceBytes,
      { min: 0, max: maxBytes },
      Math.floor(maxBytes / 16),
    ),
    maxSourceReads: variables.wholeNumber(VARIABLES.maxUpstreamReads, { min: 1, max: 1000 }, 50),
    maxWaitingReads: variables.wholeNumber(VARIABLES.maxWaitingReads, { min: 0, max: 100_000 }, 1000),
    maxPendingBodyBytes: variables.wholeNumber(
      VARIABLES.maxPendingBodyBytes,
      // The largest request of DynamoDB has to fit.
      { min: 17 * MIB, max: memoryBytes ?? LARGEST_MEMORY },
      Math.max(32 * MIB, Math.floor(maxBytes / 4)),
    ),
  };
};

const defaultStoreBytes = (memoryBytes: number | undefined): number => {
  if (memoryBytes === undefined) return STORE_BYTES_WHERE_UNKNOWN;
  return Math.min(512 * MIB, Math.max(8 * MIB, Math.floor(memoryBytes / 8)));
};

const functionMemoryBytes = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9][0-9]{0,5}$/.test(text) ? Number(text) * MIB : undefined;
