import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runClientContract } from './client-contract.ts';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));
const python = (code: string) => spawnSync('python3', ['-c', code]).status === 0;

const isThere = python('import sys; sys.exit(sys.version_info < (3, 10))');
const hasBoto3 = isThere && python('import boto3');
const sample = path('../../../examples/clients/python');

runClientContract({
  name: 'Python',
  prepare: () => ({
    command: ['python3', path('drivers/python.py')],
    env: {
      PYTHONPATH: [sample, ...(hasBoto3 ? [] : [path('stand-ins')])].join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  }),
  keepsDigits: true,
  skip: isThere ? undefined : 'there is no Python 3.10 or later',
});
