import { fileURLToPath } from 'node:url';
import project from '../../jest.config.mjs';

// biome-ignore lint/style/noDefaultExport: Jest reads no other.
export default {
  rootDir: fileURLToPath(new URL('.', import.meta.url)),
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: project.extensionsToTreatAsEsm,
  testEnvironment: project.testEnvironment,
  moduleNameMapper: {
    '^dynamodb-cache-extension/(.*)$': '<rootDir>/../../dist/lib/exports/$1.js',
    // Jest asks a CommonJS module for all that it has, and so would load every service of AWS for each test file.
    '^aws-cdk-lib$': 'aws-cdk-lib/core',
  },
  transform: project.transform,
  testTimeout: 60_000,
  maxWorkers: project.maxWorkers,
};
