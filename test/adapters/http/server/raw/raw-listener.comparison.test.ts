import { describe, expect, it } from '@jest/globals';
import { compareConversations } from '../../../../support/http/raw-listener/compare-conversations.ts';

/** `npm run raw-listener` sends millions of requests. To repeat a failure, set its seed and one conversation. */
const SEED = Number(process.env.RAW_LISTENER_SEED ?? 1);
const CONVERSATIONS = Number(process.env.RAW_LISTENER_CONVERSATIONS ?? 30);

describe.each(['node', 'standalone'] as const)('the server for %s with the raw listener', (runtime) => {
  it('answers random requests with the same bytes as without it', async () => {
    const report = await compareConversations({
      runtime,
      seed: SEED,
      isDone: ({ conversations }) => conversations >= CONVERSATIONS,
    });
    expect(report.differences).toEqual([]);
    if (CONVERSATIONS < 100) return;
    expect(report.answeredRaw / report.requests).toBeGreaterThan(0.4);
    expect(report.exact / report.conversations).toBeGreaterThan(0.9);
  }, 120_000);

  it('answers damaged bytes with the same bytes as without it', async () => {
    const report = await compareConversations({
      runtime,
      seed: SEED,
      isDamaged: true,
      isDone: ({ conversations }) => conversations >= CONVERSATIONS,
    });
    expect(report.differences).toEqual([]);
    if (CONVERSATIONS < 100) return;
    expect(report.exact / report.conversations).toBeGreaterThan(0.8);
  }, 120_000);
});
