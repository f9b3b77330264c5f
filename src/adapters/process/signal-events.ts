import process from 'node:process';
import type { LifecycleEvent, LifecycleEvents } from '../../ports/outbound/lifecycle-events.ts';

type EndSignal = 'SIGTERM' | 'SIGINT';

/** The used part of `process`. */
export interface SignalEmitter {
  once(signal: EndSignal, listener: () => void): unknown;
  off(signal: EndSignal, listener: () => void): unknown;
}

/** The used part of `process.stderr`. */
export interface SignalOutput {
  write(text: string): unknown;
}

/**
 * The lifecycle of a process outside Lambda: no invocations, and SIGTERM or SIGINT as the shutdown event.
 * The signals are handled only while `next` is pending. At other times, and when sent again, they end the process.
 */
export class SignalEvents implements LifecycleEvents {
  readonly invocations = 'none';
  readonly #signals: SignalEmitter;
  readonly #stderr: SignalOutput;

  constructor(signals: SignalEmitter = process, stderr: SignalOutput = process.stderr) {
    this.#signals = signals;
    this.#stderr = stderr;
  }

  /** Resolves with the shutdown event. Its reason is the signal's name in lower case. */
  next(): Promise<LifecycleEvent> {
    return new Promise((resolve) => {
      const release = () => {
        this.#signals.off('SIGTERM', onTerminate);
        this.#signals.off('SIGINT', onInterrupt);
      };
      const onTerminate = () => {
        release();
        resolve({ type: 'shutdown', reason: 'sigterm' });
      };
      const onInterrupt = () => {
        release();
        resolve({ type: 'shutdown', reason: 'sigint' });
      };
      this.#signals.once('SIGTERM', onTerminate);
      this.#signals.once('SIGINT', onInterrupt);
    });
  }

  /** Writes the message to stderr. */
  async reportInitError(error: Error): Promise<void> {
    this.#stderr.write(`${error.message}\n`);
  }
}
