import { type EndSignals, INTERRUPTED } from '../stage/end-signals.ts';
import { choosePorts, PortError } from '../stage/port.ts';
import { Stage } from '../stage/stage.ts';
import { type ServedStatusPage, serveStatusPage } from '../stage/status-page.ts';
import type { Surroundings } from '../stage/surroundings.ts';
import { changes } from './changes.ts';
import { coldStart } from './cold-start.ts';
import { crowd } from './crowd.ts';
import { fromMemory } from './from-memory.ts';
import { invitation } from './invitation.ts';
import { misses } from './misses.ts';
import { outage } from './outage.ts';
import { preload } from './preload.ts';
import { rotation } from './rotation.ts';
import { type Chapter, Scene } from './scene.ts';
import { shutdown } from './shutdown.ts';
import { sum } from './sum.ts';
import { withoutRewriting } from './without-rewriting.ts';

const CHAPTERS: readonly Chapter[] = [
  coldStart,
  preload,
  fromMemory,
  misses,
  changes,
  withoutRewriting,
  rotation,
  crowd,
  outage,
  sum,
];

/**
 * Tells the story, and leaves the stage to the reader until a signal comes, unless it is told only `once`.
 * Resolves with the exit status: 0 if everything went as told.
 */
export const tellStory = async (
  { env, files, narrator }: Surroundings,
  once: boolean,
  ends: EndSignals,
): Promise<number> => {
  narrator.title('dynamodb-cache-extension: caches DynamoDB items beside your function');
  let stage: Stage | undefined;
  let statusPage: ServedStatusPage | undefined;
  try {
    stage = await Stage.open(await choosePorts(env), files);
    const scene = new Scene(stage, narrator, ends.signal);
    const isWhole = await play(scene, ends);
    if (isWhole && !once) {
      statusPage = await serveStatusPage(files.statusPage, stage.port);
      await invitation(scene, statusPage.url);
      // An extension that leaves on its own is no reason to wait any longer.
      await Promise.race([ends.first(), stage.lambda.when('exit')]);
    }
    await shutdown(scene);
    if (!isWhole) return INTERRUPTED;
    return verdict(scene);
  } catch (error) {
    narrator.problem(`\n${error instanceof PortError ? error.message : `The demo failed: ${String(error)}`}`);
    for (const line of stage?.lambda.output ?? []) narrator.quote(line);
    return 1;
  } finally {
    await statusPage?.close();
    await stage?.close();
  }
};

/** Plays all chapters; false if the user had seen enough before their end. */
const play = async (scene: Scene, ends: EndSignals): Promise<boolean> => {
  const { signal } = ends;
  try {
    for (const chapter of CHAPTERS) {
      signal.throwIfAborted();
      // Whatever a chapter waits for, the user does not have to.
      await Promise.race([chapter(scene), ends.first().then(() => signal.throwIfAborted())]);
    }
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
};

const verdict = ({ stage, narrator }: Scene): number => {
  const { surprises } = narrator;
  if (surprises === 0) {
    narrator.say('All steps gave the expected results.');
    return 0;
  }
  narrator.problem(`\n${surprises} of the steps above gave unexpected results. Output of the extension:`);
  for (const line of stage.lambda.output) narrator.quote(line);
  return 1;
};
