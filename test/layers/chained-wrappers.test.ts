import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WRAPPER, WrappedRuntimes } from '../support/wrapped-runtime.ts';

const DOCUMENT = fileURLToPath(new URL('../../docs/dynamodb-endpoint.md', import.meta.url));
const [, SCRIPT = ''] = /^```sh\n(#!\/bin\/sh\n[\s\S]*?)^```/m.exec(readFileSync(DOCUMENT, 'utf8')) ?? [];

const runtimes = new WrappedRuntimes();

beforeAll(() => runtimes.open());
afterAll(() => runtimes.close());

/** Writes the documented script, with both wrappers in the folder of this test. */
const documentedScript = ({ isLayerThere = true } = {}) => {
  const ours = join(runtimes.folder, isLayerThere ? 'dynamodb-cache-endpoint' : 'absent');
  const other = join(runtimes.folder, 'other-wrapper');
  const script = join(runtimes.folder, 'script');
  if (isLayerThere) copyFileSync(WRAPPER, ours);
  writeFileSync(other, '#!/bin/sh\nexport HTTP_PROXY=http://proxy.example:3128 OTHER="$OTHER+"\nexec "$@"\n');
  writeFileSync(
    script,
    SCRIPT.replaceAll('/opt/dynamodb-cache-endpoint', ours).replaceAll('/opt/other-wrapper', other),
  );
  for (const path of isLayerThere ? [ours, other, script] : [other, script]) chmodSync(path, 0o755);
  return script;
};

describe('the documented script that chains two wrappers', () => {
  it('names the wrapper of the layer and another one', () => {
    expect(SCRIPT).toContain('/opt/dynamodb-cache-endpoint');
    expect(SCRIPT).toContain('/opt/other-wrapper');
  });

  it.each(['sh', '/bin/bash', '/bin/sh'])('runs both once and then the runtime, by %s', async (shell) => {
    const started = await runtimes.start({ shell, wrapper: documentedScript(), env: { OTHER: 'ran' } });

    expect(started).toMatchObject({
      status: 0,
      complaint: '',
      args: ['two words', '$HOME *'],
      endpoint: `http://127.0.0.1:${runtimes.port}`,
      variables: { OTHER: 'ran+' },
    });
  });

  it('lets the wrapper of the layer see what the other one set', async () => {
    const { variables } = await runtimes.start({ wrapper: documentedScript() });

    expect(variables).toMatchObject({ NO_PROXY: '127.0.0.1,localhost' });
  });

  it('starts the runtime without the layer', async () => {
    const started = await runtimes.start({ wrapper: documentedScript({ isLayerThere: false }) });

    expect(started).toMatchObject({
      status: 0,
      complaint: '',
      endpoint: undefined,
      variables: { OTHER: '+' },
    });
  });
});
