// Starts the fault proxy: npm run fault-proxy -- --upstream http://127.0.0.1:8000 --port 8001 --fault throttle
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const bundle = await build({
  entryPoints: [fileURLToPath(new URL('cli.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  write: false,
});
const [{ text }] = bundle.outputFiles;
const { run } = await import(`data:text/javascript,${encodeURIComponent(text)}`);

try {
  await run(process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
