import type { CommandName } from './command.ts';

/** The command line cannot be understood; the message says why, and what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** The command that was meant, as far as it was understood. */
  readonly command: CommandName | undefined;

  constructor(message: string, command?: CommandName) {
    super(message);
    this.command = command;
  }
}
