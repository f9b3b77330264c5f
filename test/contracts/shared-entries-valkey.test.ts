import { SystemClock } from '../../src/adapters/system/system.ts';
import { ValkeyEntries } from '../../src/adapters/valkey/valkey-entries.ts';
import { NO_VALKEY, ValkeyServer } from '../support/valkey/valkey-server.ts';
import { runSharedEntriesContract } from './shared-entries.contract.ts';

const CLUSTER = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];

for (const isCluster of [false, true]) {
  runSharedEntriesContract({
    name: `ValkeyEntries ${isCluster ? 'in cluster mode' : 'on one server'}`,
    skip: NO_VALKEY,
    start: async () => {
      const server = await ValkeyServer.start(...(isCluster ? CLUSTER : []));
      if (isCluster) await server.inCluster();
      const address = { host: '127.0.0.1', port: server.port, hasTls: false, isCluster };
      return {
        entries: () => new ValkeyEntries(address, new SystemClock()),
        pause: () => server.pause(),
        resume: () => server.resume(),
        stop: () => server.stop(),
        startAgain: async () => {
          await server.startAgain();
          if (isCluster) await server.whenClustered();
        },
        flush: async () => {
          await server.command('FLUSHALL');
        },
        close: () => server.close(),
      };
    },
  });
}
