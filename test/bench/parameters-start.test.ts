import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parametersStart } from '../../bench/start/contenders.mjs';
import { withDelays } from '../../bench/suites/start.mjs';
import { parametersSection } from '../../src/adapters/config/cache-yaml/value-sections.ts';
import { loadSettings } from '../../src/adapters/config/load-settings.ts';
import { SECTIONS } from '../../src/bootstrap/modules/sections.ts';

const sampled = (round: number, title: string, contender: string, ms: number) => ({
  round,
  case: title,
  contender,
  values: { registerMs: ms, readyMs: 10 * ms },
});

it('starts a layer with parameters alone, and preloads none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  try {
    const { env } = await parametersStart({
      command: ['layer'],
      path: '/bin',
      folder,
      endpoint: 'http://127.0.0.1:8000',
    });
    const settings = await loadSettings(env, undefined, SECTIONS);

    expect(parametersSection.valueIn(settings)).toBeDefined();
    expect([settings.tables, settings.preload]).toEqual([[], false]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('adds how much later a start was than the other one of the same round and layer', () => {
  const samples = [
    sampled(0, 'table', 'node', 50),
    sampled(0, 'table', 'standalone', 20),
    sampled(1, 'table', 'node', 60),
    sampled(0, 'parameters', 'node', 51),
    sampled(1, 'parameters', 'node', 59),
    sampled(0, 'parameters', 'standalone', 20),
  ];
  const delays = withDelays(samples, { of: 'parameters', after: 'table' }).map(
    ({ values: { laterRegisterMs, laterReadyMs } }) => ({ laterRegisterMs, laterReadyMs }),
  );

  expect(delays).toEqual([
    {},
    {},
    {},
    { laterRegisterMs: 1, laterReadyMs: 10 },
    { laterRegisterMs: -1, laterReadyMs: -10 },
    { laterRegisterMs: 0, laterReadyMs: 0 },
  ]);
});
