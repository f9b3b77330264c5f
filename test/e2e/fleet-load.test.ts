import { describe, expect, it } from '@jest/globals';
import { runFleet } from '../fleet/fleet-run.ts';
import { IS_THOROUGH } from '../support/thorough.ts';

const SEED = 20_261_130;
const [seconds, environments] = IS_THOROUGH ? [10, 8] : [3, 3];
const TIMEOUT_MS = 90_000;

describe('environments under load, freezes, kills and faults of the journal', () => {
  it.each(IS_THOROUGH ? ['invocation', '1s', 'ttl'] : ['invocation'])(
    'show what coherence: %s promises',
    async (mode) => {
      const { violations, reads, figures } = await runFleet({ mode, seconds, environments, seed: SEED });

      expect(violations).toEqual([]);
      expect(figures.invocations).toBeGreaterThan(0);
      expect(reads).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  const ifThorough = IS_THOROUGH ? it : it.skip;
  ifThorough(
    'are found to break a promise that was not made',
    async () => {
      const { violations } = await runFleet({
        mode: 'ttl',
        judgedBy: 'invocation',
        seconds,
        environments,
        seed: SEED,
      });

      expect(violations.join('\n')).toContain('before the invocation began');
    },
    TIMEOUT_MS,
  );
});
