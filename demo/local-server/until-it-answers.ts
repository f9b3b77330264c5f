import { setTimeout as delay } from 'node:timers/promises';

const RHYTHM_MS = 20;

/** Resolves with true when the server has answered, or with false when `signal` is aborted before that. */
export const untilItAnswers = async (port: number, signal: AbortSignal): Promise<boolean> => {
  while (!signal.aborted) {
    try {
      const { ok, body } = await fetch(`http://127.0.0.1:${port}/health`, { signal });
      await body?.cancel();
      if (ok) return true;
    } catch {
      // A process that begins to listen tells nobody: there is only asking again.
      await delay(RHYTHM_MS);
    }
  }
  return false;
};
