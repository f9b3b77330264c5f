import { BunHttpServer, type BunListen } from '../adapters/http/server/bun-server.ts';
import { type BunConnect, callOver } from '../adapters/lambda/bun-api.ts';
import { launch } from './launch.ts';

declare const Bun: { readonly listen: BunListen; readonly connect: BunConnect };

void launch({
  makeServer: (settings) => new BunHttpServer(settings, Bun.listen),
  call: callOver(Bun.connect),
});
