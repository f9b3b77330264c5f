import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { SignalEvents } from '../../../src/adapters/process/signal-events.ts';

describe('SignalEvents', () => {
  it.each([
    ['SIGTERM', 'sigterm'],
    ['SIGINT', 'sigint'],
  ])('treats %s as a shutdown', async (signal, reason) => {
    const signals = new EventEmitter();
    const waiting = new SignalEvents(signals, { write: () => true }).next();
    signals.emit(signal);
    expect(await waiting).toEqual({ type: 'shutdown', reason });
  });

  it.each(['SIGTERM', 'SIGINT'])(
    'catches no signal after %s, so that another one ends a process that hangs',
    async (signal) => {
      const signals = new EventEmitter();
      const events = new SignalEvents(signals, { write: () => true });
      expect(signals.eventNames()).toEqual([]);
      const waiting = events.next();
      expect(signals.eventNames()).toEqual(['SIGTERM', 'SIGINT']);
      signals.emit(signal);
      await waiting;
      expect(signals.eventNames()).toEqual([]);
    },
  );

  it('writes an init error as one message, without a stack', async () => {
    const written: string[] = [];
    const events = new SignalEvents(new EventEmitter(), { write: (text) => written.push(text) });
    await events.reportInitError(new Error('cache.yaml:3:5 unknown key\ncache.yaml:4:1 unknown key'));
    expect(written).toEqual(['cache.yaml:3:5 unknown key\ncache.yaml:4:1 unknown key\n']);
  });

  it('listens to the signals of this process by default', async () => {
    const before = process.listenerCount('SIGTERM');
    const waiting = new SignalEvents().next();
    expect(process.listenerCount('SIGTERM')).toBe(before + 1);
    process.emit('SIGTERM');
    await waiting;
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });
});
