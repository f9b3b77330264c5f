import { CORES } from '../machine/cores.mjs';
import { cpuNs, memoryOf } from '../machine/usage.mjs';
import { Extension } from '../subjects/extension.mjs';
import { startCaller, startScriptedDynamoDb } from '../subjects/programs.mjs';
import { tableOf } from '../subjects/sample-items.mjs';
import { rotated } from './rotated.mjs';

const BYTES = 350;
const COUNTS = [1_000, 10_000, 100_000];
const PAGE_MS = 60;
const MEGABYTE = 2 ** 20;
const MAX_MB = 256;

/** Measures the preload from a DynamoDB that takes 60 ms per page. */
export const preload = {
  name: 'preload',
  title: `Preload: items of ${BYTES} B, ${PAGE_MS} ms a page`,
  metrics: {
    ms: 'milliseconds',
    perSecond: 'items per second',
    cpuMs: 'CPU time, ms',
    peakMb: 'peak over the empty process, MB',
    peakOverBoundMb: 'peak over empty process and bound, MB',
  },

  async run({ rounds, layers }) {
    const upstream = await startScriptedDynamoDb({ pageMs: PAGE_MS });
    const samples = [];
    try {
      for (let round = 0; round < rounds; round += 1) {
        for (const count of COUNTS) {
          for (const contender of rotated(['node', 'standalone', 'SDK loop'], round)) {
            const job = { endpoint: upstream.endpoint, table: tableOf(BYTES, count) };
            const values =
              contender === 'SDK loop'
                ? await scanBySdk(job)
                : await preloadBy(await layers.commandOf(contender), job, count);
            values.perSecond = (count / values.ms) * 1000;
            samples.push({ round, case: `${count.toLocaleString('en-GB')} items`, contender, values });
          }
        }
      }
    } finally {
      await upstream.child.stop();
    }
    return { samples };
  },
};

const scanBySdk = async (job) => {
  const caller = startCaller(CORES.measured);
  try {
    // A small table is read first, so loading code and connecting are not counted.
    await caller.ask({ ...job, scan: true, table: tableOf(BYTES, 100) });
    const before = cpuNs(caller.pid);
    const { ms } = await caller.ask({ ...job, scan: true });
    return { ms, cpuMs: (cpuNs(caller.pid) - before) / 1e6 };
  } finally {
    await caller.stop();
  }
};

const preloadBy = async (how, { endpoint, table }, count) => {
  const empty = await peakAndTime(how, endpoint, tableOf(BYTES, 0));
  const full = await peakAndTime(how, endpoint, table);
  if (full.entries !== count) throw new Error(`the store holds ${full.entries} entries; expected ${count}`);
  const peakMb = (full.peakBytes - empty.residentBytes) / MEGABYTE;
  const cpuMs = (full.cpu - empty.cpu) / 1e6;
  return { ms: full.ms, cpuMs, peakMb, peakOverBoundMb: peakMb - MAX_MB };
};

const peakAndTime = async (how, endpoint, table) => {
  const extension = await Extension.start({
    ...how,
    endpoint,
    tables: [table],
    settings: {
      CACHE_EXTENSION_INIT_STARTUP: 'true',
      CACHE_EXTENSION_PRELOAD_TIMEOUT: '60s',
      CACHE_EXTENSION_MAX_BYTES: String(MAX_MB * MEGABYTE),
      CACHE_EXTENSION_LOG_LEVEL: 'info',
    },
  });
  try {
    const cpu = cpuNs(extension.pid);
    const { store } = await extension.health();
    return { ...memoryOf(extension.pid), cpu, ms: extension.preloadMs, entries: store.entries };
  } finally {
    await extension.stop();
  }
};
