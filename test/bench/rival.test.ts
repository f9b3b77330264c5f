import { describe, expect, it } from '@jest/globals';
import { rivalOf } from '../../bench/subjects/rival.mjs';

describe('rivalOf', () => {
  it.each([undefined, ''])('returns no rival if BENCH_RIVAL is %p', (program) => {
    expect(rivalOf({ BENCH_RIVAL: program })).toBeUndefined();
  });

  it('returns the program, and the port of the original if no port is given', () => {
    expect(rivalOf({ BENCH_RIVAL: process.execPath })).toEqual({ command: [process.execPath], port: 4000 });
  });

  it('returns the port in BENCH_RIVAL_PORT', () => {
    expect(rivalOf({ BENCH_RIVAL: process.execPath, BENCH_RIVAL_PORT: '4711' })?.port).toBe(4711);
  });

  it.each([
    [{ BENCH_RIVAL: 'rival' }, 'BENCH_RIVAL is rival; an absolute path is required'],
    [{ BENCH_RIVAL: '/nowhere/rival' }, 'BENCH_RIVAL is /nowhere/rival, which cannot be executed (ENOENT)'],
    [
      { BENCH_RIVAL: process.execPath, BENCH_RIVAL_PORT: '65536' },
      'BENCH_RIVAL_PORT is 65536; a port from 1 to 65535 is required',
    ],
  ])('rejects %j with the setting, its value and what is allowed', (env, message) => {
    expect(() => rivalOf(env)).toThrow(message);
  });
});
