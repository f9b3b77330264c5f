import type { Runtime } from '../server-under-test.ts';
import { type Conversation, conversationOf, damagedConversationOf } from './conversation.ts';
import { ServerPair } from './server-pair.ts';

/** The figures of a run. */
export interface ComparisonReport {
  readonly requests: number;
  readonly conversations: number;
  /** Requests that the raw listener answered. */
  readonly answeredRaw: number;
  /** Conversations with exactly the same answers; of the others, one was closed earlier. */
  readonly exact: number;
  /** Conversations that were equal only when the client waited longer. */
  readonly repeated: number;
  readonly differences: readonly string[];
}

export interface ComparisonOptions {
  readonly runtime: Runtime;
  /** The seed of the first conversation; each further one has the next. */
  readonly seed: number;
  /** Whether the bytes are damaged. */
  readonly isDamaged?: boolean;
  /** Whether to stop, asked before each conversation. */
  readonly isDone: (report: ComparisonReport) => boolean;
}

/** Connections at a time to each server. */
const CONCURRENCY = 16;
/** A run ends at this number of differences. */
const MAX_DIFFERENCES = 5;

/** Sends generated conversations to a server with the raw listener and to one without it, and compares the answers. */
export const compareConversations = async (options: ComparisonOptions): Promise<ComparisonReport> => {
  const generate: (seed: number) => Conversation = options.isDamaged ? damagedConversationOf : conversationOf;
  const pair = await ServerPair.start(options.runtime);
  const differences: string[] = [];
  const counts = { requests: 0, conversations: 0, exact: 0 };
  let { seed } = options;
  const report = (): ComparisonReport => ({
    ...counts,
    answeredRaw: pair.answeredRaw,
    repeated: pair.repeated,
    differences,
  });
  const work = async () => {
    while (differences.length < MAX_DIFFERENCES && !options.isDone(report())) {
      const conversation = generate(seed);
      seed += 1;
      counts.requests += conversation.requests;
      counts.conversations += 1;
      const { isExact, difference } = await pair.compare(conversation);
      if (isExact) counts.exact += 1;
      if (difference !== undefined) differences.push(difference);
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    await pair.close();
  }
  return report();
};
