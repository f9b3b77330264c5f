import process from 'node:process';
import { createStreamHandler } from './stream-announcer.ts';

const streamHandler = createStreamHandler(process.env);

/** The handler that Lambda calls with a batch of records. */
export const handler = (event: unknown, context?: { readonly invokedFunctionArn?: string }) =>
  streamHandler.handle(event, context?.invokedFunctionArn?.split(':')[4]);
