import { closeSync, openSync } from 'node:fs';
import type { StartKind } from '../../ports/outbound/lifecycle-events.ts';

/** Lambda keeps this folder when it resets an execution environment. In a new environment it is empty. */
const TEMPORARY_FOLDER = '/tmp';
export const START_MARKER = 'dynamodb-cache-extension.started';

/**
 * Creates an empty file. Returns whether it existed, because the extension was started before in the same execution
 * environment. If it cannot be created, this counts as the first start.
 */
export const markStart = (folder: string | undefined): StartKind => {
  try {
    // Exclusive: it follows no link that the function may have made.
    closeSync(openSync(`${folder || TEMPORARY_FOLDER}/${START_MARKER}`, 'wx'));
    return 'first';
  } catch (error) {
    return isExistence(error) ? 'repeated' : 'first';
  }
};

const isExistence = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'EEXIST';
