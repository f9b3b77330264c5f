export { callLambda, type LambdaAnswer } from './api-client.ts';
export { LambdaFailure } from './execution-environment.ts';
export { Journal, type JournalEntry } from './journal.ts';
export { type Lambda, startLambda } from './lambda.ts';
export { CREDENTIALS, type LambdaOptions, type ProcessSpec } from './options.ts';
export { type ExtensionExit, type ProcessExit, ProcessGroup } from './processes.ts';
export type { InvokeResult } from './runtime-api.ts';
export { politeExtension, SAMPLE_NAME, scriptExtension, silentExtension } from './sample-extensions.ts';
