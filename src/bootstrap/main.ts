import process from 'node:process';
import { openFrontDoor } from './front-door.ts';
import { enterSurroundings } from './surroundings.ts';

// The time until the registration has left is added to every cold start: nothing else is loaded before.
const door = await openFrontDoor(process.env);
const { sent, entered } = enterSurroundings(process.env);
await sent;
const { start } = await import('./start.ts');
process.exit(await start(process.env, door, entered));
