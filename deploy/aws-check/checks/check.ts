import type { Cloud, FunctionId, Invocation } from '../cloud.ts';
import type { Answer, Findings } from '../probe.ts';

/** What was seen where a promise was kept. */
export interface Seen {
  readonly text: string;
  /** Measurements by their names, with the unit at the end of the name. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** One promise of the extension, and how to see whether it is kept. */
export interface Check {
  readonly name: string;
  readonly promise: string;
  /** @throws {Error} if the promise is broken, or if that could not be seen */
  run(cloud: Cloud): Promise<Seen>;
}

/** @throws {Error} with the message, unless the condition is met */
export function expectThat(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** The answer to the n-th step, counted from 0. */
export const answerOf = ({ answers }: Findings, index: number): Answer => {
  const answer = answers[index];
  expectThat(answer !== undefined, `the function answered ${answers.length} steps`);
  return answer;
};

/** Status and `Cache-Status` of the last answer to a step. */
export const howOf = ({ how }: Answer): string => how.at(-1) ?? '';

export const isHit = (how: string): boolean => /^200 dynamodb-cache; hit/.test(how);

/** The code of a problem; the start of the body if it has none. */
export const codeOf = ({ body }: Answer): string => /"code":"(\w+)"/.exec(body)?.[1] ?? body.slice(0, 100);

/** The attribute `version` of an item; undefined for other bodies. */
export const versionOf = ({ body }: Answer): number | undefined => {
  const digits = /"version":(\d+)/.exec(body)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

const ATTEMPTS = 3;

/** Two invocations of one environment. */
export interface SameEnvironment {
  readonly first: Invocation;
  readonly second: Invocation;
}

/**
 * Invokes a function twice in one execution environment. Lambda may replace an environment at any time; the pair is then
 * repeated.
 *
 * @param once both invocations, with the number of the attempt from 1
 * @throws {Error} if Lambda replaced the environment each time
 */
export const inOneEnvironment = async (
  fn: FunctionId,
  once: (attempt: number) => Promise<SameEnvironment>,
): Promise<SameEnvironment> => {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const pair = await once(attempt);
    if (pair.first.findings.environment === pair.second.findings.environment) return pair;
  }
  throw new Error(`Lambda replaced the environment of ${fn} ${ATTEMPTS} times between two invocations`);
};
