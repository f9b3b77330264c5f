import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from '@jest/globals';
import { runClientContract } from './client-contract.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

const isThere = spawnSync('go', ['version']).status === 0;
let folder: string | undefined;
afterAll(() => {
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

runClientContract({
  name: 'Go',
  prepare: () => {
    folder = mkdtempSync(join(tmpdir(), 'go-client-'));
    mkdirSync(join(folder, 'products'));
    cpSync(path('../../../examples/clients/go/cache_client.go'), join(folder, 'products/cache_client.go'));
    cpSync(path('drivers/driver.go'), join(folder, 'main.go'));
    writeFileSync(join(folder, 'go.mod'), 'module clients\n\ngo 1.19\n');
    execFileSync('go', ['vet', './...'], { cwd: folder });
    execFileSync('go', ['build', '-o', 'driver'], { cwd: folder });
    return { command: [join(folder, 'driver')] };
  },
  keepsDigits: true,
  skip: isThere ? undefined : 'there is no Go',
});
