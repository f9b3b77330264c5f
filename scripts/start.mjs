import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';

const demo = new URL('../dist/demo/demo.mjs', import.meta.url);

await ensureInstalled();
await ensureBuilt(['extension', 'demo']);

// In this process, so that signals reach it without a go-between.
process.argv[1] = fileURLToPath(demo);
await import(demo.href);
