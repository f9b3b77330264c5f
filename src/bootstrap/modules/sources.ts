import { dynamoDbSource } from './dynamodb.module.ts';
import type { SourceModule } from './source-module.ts';

/** The sources of the program. A new source is one line here (docs/architecture.md, "Add a source"). */
export const SOURCES: readonly SourceModule[] = [dynamoDbSource];
