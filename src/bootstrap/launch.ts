import process from 'node:process';
import { type MakeServer, openFrontDoor } from './front-door.ts';
import { enterSurroundings } from './surroundings.ts';

/** Runs the program until it ends the process. */
export const launch = async (makeServer: MakeServer): Promise<void> => {
  // The time until the registration has left is added to every cold start: nothing else is loaded before.
  const door = await openFrontDoor(process.env, makeServer);
  const { sent, entered } = enterSurroundings(process.env);
  await sent;
  const { start } = await import('./start.ts');
  process.exit(await start(process.env, door, entered));
};
