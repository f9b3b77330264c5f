import { describe, expect, it } from '@jest/globals';
import { type TimedSocket, watchSilence } from '../../../src/adapters/dynamodb/silence.ts';

/** A socket whose timer runs off when a test says so. */
class ManualSocket implements TimedSocket {
  bytesRead = 100;
  readonly timeoutsMs: number[] = [];
  readonly #listeners = new Set<() => void>();

  setTimeout(ms: number): void {
    this.timeoutsMs.push(ms);
  }

  on(_event: 'timeout', listener: () => void): void {
    this.#listeners.add(listener);
  }

  off(_event: 'timeout', listener: () => void): void {
    this.#listeners.delete(listener);
  }

  runOff(): void {
    for (const listener of this.#listeners) listener();
  }
}

const watched = () => {
  const socket = new ManualSocket();
  const given = { up: 0 };
  const end = watchSilence(socket, 60_000, () => {
    given.up += 1;
  });
  return { socket, given, end };
};

describe('a watch for silence', () => {
  it('gives up after two halves in a row without a byte', () => {
    const { socket, given } = watched();
    socket.runOff();
    expect(given.up).toBe(0);
    socket.runOff();

    expect(given.up).toBe(1);
    expect(socket.timeoutsMs).toEqual([30_000, 30_000]);
  });

  it('does not give up for a timer that was due in a freeze, when the answer lies there unread', () => {
    const { socket, given } = watched();
    for (const _ of [1, 2, 3]) {
      socket.runOff();
      socket.bytesRead += 1;
    }

    expect(given.up).toBe(0);
  });

  it('hears nothing more once it is ended', () => {
    const { socket, given, end } = watched();
    socket.runOff();
    end();
    socket.runOff();

    expect(given.up).toBe(0);
  });
});
