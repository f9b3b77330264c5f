import { NodeHttpServer } from '../adapters/http/server/node-server.ts';
import { callApi } from '../adapters/lambda/node-api.ts';
import { launch } from './launch.ts';

/**
 * The extension on Node.js. `main-bun` is the same on Bun.
 *
 * 1. `launch` opens the port and registers with Lambda, so that the function can start.
 * 2. `start` reads the environment and `cache.yaml`. It reports invalid settings to Lambda.
 * 3. `run-program` joins all parts (`wiring`, `modules`) and serves requests.
 * 4. `application/lifecycle/run-extension` preloads, then asks Lambda for events until the shutdown.
 *
 * Meanwhile `adapters/http` passes each request through a port to `application`, which answers it from memory
 * (`adapters/memory`) or from the source, such as `adapters/dynamodb`.
 */
void launch({ makeServer: (settings) => new NodeHttpServer(settings), call: callApi });
