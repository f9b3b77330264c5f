import type { BunServe } from '../adapters/http/bun-serve.ts';
import { BunHttpServer } from '../adapters/http/bun-server.ts';
import { fetchApi } from '../adapters/lambda/fetch-api.ts';
import { launch } from './launch.ts';

declare const Bun: { readonly serve: BunServe };

void launch({ makeServer: (settings) => new BunHttpServer(settings, Bun.serve), call: fetchApi });
