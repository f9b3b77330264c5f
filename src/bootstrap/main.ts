import { NodeHttpServer } from '../adapters/http/server/node-server.ts';
import { callApi } from '../adapters/lambda/node-api.ts';
import { launch } from './launch.ts';

void launch({ makeServer: (settings) => new NodeHttpServer(settings), call: callApi });
