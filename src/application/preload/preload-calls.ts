import type { EntryKey } from '../../domain/cache/cache-entry.ts';
import type { BatchAnswer, ReadOptions, SourceAnswer } from '../../ports/outbound/item-source.ts';
import type { Groups } from '../groups.ts';
import type { RetryingCalls } from '../source-access/retrying-calls.ts';
import type { SourceAccess } from '../source-access/sources.ts';

/** Why a preload ends before everything is loaded. */
export class PreloadStopped extends Error {}

/** Stores answers of a call; `order` is the place of the call among all reads. */
export type StoreAnswers = (answers: Iterable<SourceAnswer>, order: number) => void;

/** The calls that load one group. No reader waits for them, so they are retried. */
export class PreloadCalls {
  readonly group: string;
  readonly access: SourceAccess;
  readonly #groups: Groups;
  readonly #calls: RetryingCalls;

  constructor(group: string, access: SourceAccess, groups: Groups, calls: RetryingCalls) {
    this.group = group;
    this.access = access;
    this.#groups = groups;
    this.#calls = calls;
  }

  /** Asks the source, and stores its answers. */
  load<Answer extends { readonly answers: Iterable<SourceAnswer>; readonly isShared?: boolean }>(
    signal: AbortSignal,
    read: (options: ReadOptions) => Promise<Answer>,
    store: StoreAnswers,
  ): Promise<Answer> {
    return this.ask(
      signal,
      (options) => read({ ...options, contentTypes: this.#groups.contentTypesOf(this.group) }),
      (answer, order) => {
        store(answer.answers, order);
        return answer;
      },
      this.access.source.mayShare === true ? ({ isShared }) => isShared !== true : undefined,
    );
  }

  /** Reads keys of the group; what other environments have read will do, unless a probe must reach the source. */
  readKeys(keys: readonly EntryKey[], options: ReadOptions): Promise<BatchAnswer> {
    const acceptsShared = !this.access.breaker.isOpen(this.group);
    return this.access.readKeys(keys, { ...options, acceptsShared });
  }

  /** Asks the source, without bodies. */
  ask<Answer, Result>(
    signal: AbortSignal,
    ask: (options: ReadOptions) => Promise<Answer>,
    onAnswer: (answer: Answer, order: number) => Result,
    asksSource?: (answer: Answer) => boolean,
  ): Promise<Result> {
    const { group } = this;
    return this.#calls.call({
      group,
      signal,
      ask: (callSignal) => ask({ contentTypes: [], signal: callSignal }),
      onAnswer,
      ...(asksSource === undefined ? {} : { asksSource }),
    });
  }

  /** Waits longer after each of several incomplete answers in a row. */
  waitBefore(attempts: number, signal: AbortSignal): Promise<void> {
    return this.#calls.waitBefore(attempts, signal);
  }

  /** Runs a task as often as the source allows at the same time. The first failure ends all of them, and so does `stop`. */
  async inParallel(
    stop: AbortSignal,
    task: (part: number, signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const failed = new AbortController();
    const signal = AbortSignal.any([stop, failed.signal]);
    const run = async (part: number) => {
      try {
        await task(part, signal);
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    };
    const { preloadParallelism } = this.access.limits;
    await Promise.all(Array.from({ length: preloadParallelism }, (_, part) => run(part)));
    // A stop within a page does not make the call of that page fail.
    signal.throwIfAborted();
  }
}
