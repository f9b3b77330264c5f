import type { Chapter } from './scene.ts';

/** Lambda starts the extension, and the function after it. */
export const coldStart: Chapter = async ({ stage: { lambda, port }, narrator }) => {
  narrator.chapter('Cold start');
  narrator.say(
    'Lambda starts the extension. After its registration, Lambda starts the function.',
    'A cold start grows by the registration time; the rest overlaps the start of the function.',
  );
  const initialized = lambda.init();
  const { atMs: startedAtMs } = await lambda.when('extension-started');
  // Whatever comes first: a program that cannot start says so in `initialized`.
  const registered = await Promise.race([lambda.when('registered'), initialized]);
  if (registered === undefined) throw new Error('the extension never registered');
  const { listening, atMs: registeredAtMs } = registered;
  narrator.found(
    `listening on port ${port} and registered after ${Math.round(registeredAtMs - startedAtMs)} ms`,
    listening === true
      ? []
      : ['expected it to listen before it registers, because the function may send requests at once'],
  );
  const { atMs: runtimeAtMs } = await lambda.when('runtime-started');
  narrator.found(`the function starts after ${Math.round(runtimeAtMs - startedAtMs)} ms`);
};
