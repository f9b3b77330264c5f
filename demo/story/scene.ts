import { setTimeout as delay } from 'node:timers/promises';
import type { CacheAnswer, CacheRequest, Errand } from '../function/errand.ts';
import type { Narrator } from '../narration/narrator.ts';
import type { Stage, Visit } from '../stage/stage.ts';
import { differencesOf, type Expectation } from './expectation.ts';
import { shownRequest } from './requests.ts';
import { shownCount } from './shown-count.ts';

/** A part of the story. */
export type Chapter = (scene: Scene) => Promise<void>;

/** The stage and the narrator together: what happens is shown, and checked, as it happens. */
export class Scene {
  readonly stage: Stage;
  readonly narrator: Narrator;
  readonly #end: AbortSignal;

  /** @param end aborted when the user has seen enough */
  constructor(stage: Stage, narrator: Narrator, end: AbortSignal) {
    this.stage = stage;
    this.narrator = narrator;
    this.#end = end;
  }

  /** Lets the sample function send one request, and shows what came back. */
  async ask(request: CacheRequest, expected: Expectation): Promise<CacheAnswer> {
    this.narrator.ask(shownRequest(request));
    const { answers, dynamoDbRequests } = await this.visit([request], 'in turn');
    const [answer] = answers;
    if (answer === undefined) throw new Error('the sample function returned no answer');
    const differences = differencesOf(expected, answer, dynamoDbRequests);
    this.narrator.found(
      `${answer.status} in ${answer.ms.toFixed(1)} ms, ${shownCount(dynamoDbRequests)}`,
      differences,
    );
    for (const line of shownParts(answer)) this.narrator.quote(line);
    return answer;
  }

  /** Lets the sample function send many requests; shows nothing. */
  visit(requests: readonly CacheRequest[], order: Errand['order']): Promise<Visit> {
    this.#end.throwIfAborted();
    return this.stage.visit({ requests, order });
  }

  /** Lets time pass until `ms` after `sinceMs` of the monotonic clock: of all there is to wait for, only time itself has no event. */
  async letPass(ms: number, sinceMs: number): Promise<void> {
    await delay(Math.max(0, sinceMs + ms - performance.now()), undefined, { signal: this.#end });
  }
}

/** What a reader looks at beside the status. */
const shownParts = ({ headers, body }: CacheAnswer): readonly string[] => {
  const { age, 'cache-status': cacheStatus } = headers;
  const shown = [
    ...(cacheStatus === undefined ? [] : [`Cache-Status: ${cacheStatus}`]),
    ...(age === undefined ? [] : [`Age: ${age}`]),
  ].join('   ');
  return [shown, body].filter((line) => line !== '');
};
