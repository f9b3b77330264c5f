import type { BunListen } from '../adapters/http/bun-listen.ts';
import { BunHttpServer } from '../adapters/http/bun-server.ts';
import { fetchApi } from '../adapters/lambda/fetch-api.ts';
import { launch } from './launch.ts';

declare const Bun: { readonly listen: BunListen };

void launch({ makeServer: (settings) => new BunHttpServer(settings, Bun.listen), call: fetchApi });
