import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/** They break the program on purpose, one fault at a time, to see other tests fail: `npm run test:planted`. */
const PLANTED = ['/test/planted/', '/test/soak/planted-faults'];

/** They take long, and have no short form: `npm run test:thorough`. */
const THOROUGH = [
  '/test/endpoint/(clients|transactions)',
  '/test/contracts/(invalidation-journal|item-source)-dynamodb-local',
  '/test/deploy/aws-check-promises',
  '/test/e2e/(demo|flood|outage-under-load|package)',
  '/test/examples/clients/(go|java|python)\\.',
  '/test/soak/soak\\.',
  '/test/tools/aws-emulator/second-opinion',
];

/** They take long, and judge the time of single requests: `npm run abuse`. */
const HEAVY = ['/test/e2e/abuse/heavy-'];

const support = (file) => fileURLToPath(new URL(`test/support/jest/${file}`, import.meta.url));

const unless = (variable, paths) => (process.env[variable] === '1' ? [] : paths);

export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    ...unless('CACHE_TEST_PLANTED', PLANTED),
    ...unless('CACHE_TEST_THOROUGH', THOROUGH),
    ...(process.env.ABUSE === 'full' ? [] : HEAVY),
  ],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: support('context-ending-environment.cjs'),
  testSequencer: support('longest-first.cjs'),
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        // In files of their own, which are read for a failure only. Inline ones would be read and hashed with each module.
        sourceMaps: true,
        module: { type: 'es6' },
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      },
    ],
  },
  // Counts in the watched files only. V8's own counters slow down all code, Jest's and the tests' included.
  coverageProvider: 'babel',
  collectCoverageFrom: [
    'src/domain/**/*.ts',
    'src/application/**/*.ts',
    // Types only: there is nothing to run.
    '!src/domain/dynamodb/model/table-spec.ts',
  ],
  coverageReporters: ['text-summary', 'json-summary'],
  coverageThreshold: { global: { lines: 95 } },
  testTimeout: 30_000,
  // Three on a machine of two processors as well: many tests wait for other processes.
  maxWorkers: Math.max(3, availableParallelism() - 1),
};
