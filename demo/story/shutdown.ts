import type { Chapter } from './scene.ts';

/** What Lambda grants an environment that has extensions. */
const ALLOWED_MS = 2_000;

/** Lambda takes the environment down. */
export const shutdown: Chapter = async ({ stage, narrator }) => {
  narrator.chapter('Shutdown');
  narrator.say(`Lambda sends SHUTDOWN, and kills processes that still run after ${ALLOWED_MS / 1_000} s.`);
  const { code, signal, msAfterShutdown } = await stage.lambda.shutdown();
  const end = signal === null ? `exit status ${code}` : `killed by ${signal}`;
  const after =
    msAfterShutdown === undefined ? 'before the SHUTDOWN event' : `after ${Math.round(msAfterShutdown)} ms`;
  const isClean = code === 0 && msAfterShutdown !== undefined && msAfterShutdown < ALLOWED_MS;
  narrator.found(`${end} ${after}`, isClean ? [] : ['expected exit status 0 within that time']);
};
