import type { BunListen } from '../adapters/http/server/bun-listen.ts';
import { BunHttpServer } from '../adapters/http/server/bun-server.ts';
import { fetchApi } from '../adapters/lambda/fetch-api.ts';
import { launch } from './launch.ts';

declare const Bun: { readonly listen: BunListen };

void launch({ makeServer: (settings) => new BunHttpServer(settings, Bun.listen), call: fetchApi });
