import { appConfigSource } from './appconfig.module.ts';
import { dynamoDbSource } from './dynamodb.module.ts';
import { parametersSource } from './parameters.module.ts';
import { parametersAndSecrets } from './parameters-and-secrets.module.ts';
import { secretsSource } from './secrets.module.ts';
import type { SourceModule } from './source-module.ts';

/** The sources of the program. A new source is one line here (docs/architecture.md, "Add a source"). */
export const SOURCES: readonly SourceModule[] = [
  dynamoDbSource,
  parametersSource,
  secretsSource,
  parametersAndSecrets,
  appConfigSource,
];
