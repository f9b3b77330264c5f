import { parseArgs } from 'node:util';
import { FaultProxy } from './fault-proxy.ts';
import { FAULTS, isFaultName } from './faults.ts';

const USAGE = `npm run fault-proxy -- --upstream http://127.0.0.1:8000 [--port 8001] [--fault NAME] [--operation GetItem] [--key p1@@s1] [--after N] [--times N]
Starts a proxy in front of a DynamoDB that fails as the fault says, for the operation and the key that are named, or all.
  -h, --help  print this
faults: ${Object.keys(FAULTS).join(', ')}`;

/** Runs a proxy by hand, until it is interrupted; counts of what came go to stderr once a second. */
export const run = async (args: readonly string[]): Promise<void> => {
  const values = valuesOf(args);
  if (values.help) return void console.log(USAGE);
  const { upstream, port, fault, operation, key, after, times } = values;
  if (upstream === undefined) throw new Error(`--upstream is missing\n\n${USAGE}`);
  if (!isFaultName(fault)) throw new Error(`there is no fault ${fault}\n\n${USAGE}`);
  const proxy = await FaultProxy.inFrontOf(upstream, Number(port));
  proxy.inject({
    fault: FAULTS[fault],
    ...(operation === undefined ? {} : { operation }),
    ...(key === undefined ? {} : { key }),
    ...(after === undefined ? {} : { after: Number(after) }),
    ...(times === undefined ? {} : { times: Number(times) }),
  });
  console.error(`${proxy.endpoint} -> ${upstream}, with the fault ${fault}`);
  report(proxy);
};

const valuesOf = (args: readonly string[]) => {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        upstream: { type: 'string' },
        port: { type: 'string', default: '8001' },
        fault: { type: 'string', default: 'pass' },
        operation: { type: 'string' },
        key: { type: 'string' },
        after: { type: 'string' },
        times: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
};

const report = (proxy: FaultProxy): void => {
  const totals = new Map<string, number>();
  setInterval(() => {
    if (proxy.requests.length === 0) return;
    for (const { operation } of proxy.requests) totals.set(operation, (totals.get(operation) ?? 0) + 1);
    proxy.forget();
    console.error([...totals].map(([operation, count]) => `${operation} ${count}`).join('  '));
  }, 1_000);
};
