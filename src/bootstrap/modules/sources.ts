import { appConfigSource } from './appconfig.module.ts';
import { dynamoDbSource } from './dynamodb.module.ts';
import { parameters, parametersAndSecrets, secrets } from './parameters-and-secrets.module.ts';
import type { SourceModule } from './source-module.ts';

/** The sources of the program. A new source is one line here (docs/maintainers/architecture.md, "Add a source"). */
export const SOURCES: readonly SourceModule[] = [
  dynamoDbSource,
  parameters.module,
  secrets.module,
  parametersAndSecrets,
  appConfigSource,
];
