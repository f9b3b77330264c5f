import { once } from 'node:events';
import { createServer } from 'node:net';

/** Above 10080, which `fetch` refuses as a bad port. Below the ports that the system gives to outgoing connections (`ip_local_port_range`), one of which may take a port that was free. */
const FIRST = 10_081;
const LAST = 32_000;

/** A port of 127.0.0.1 that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    const server = createServer().listen(port, '127.0.0.1');
    // `once` rejects at an error, such as a port that is taken.
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
};
