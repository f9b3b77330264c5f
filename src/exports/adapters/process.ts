/**
 * The lifecycle of a process outside Lambda.
 *
 * @module
 */
export { SignalEvents } from '../../adapters/process/signal-events.ts';
