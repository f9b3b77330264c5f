import process from 'node:process';
import { readArguments } from './arguments.ts';
import { tellFleet } from './fleet/tell-fleet.ts';
import { HELP } from './help.ts';
import { serveLocally } from './local-server/local-server.ts';
import { Narrator } from './narration/narrator.ts';
import { paletteFor } from './narration/palette.ts';
import { EndSignals } from './stage/end-signals.ts';
import { projectFiles } from './stage/project-files.ts';
import { tellStory } from './story/tell-story.ts';

const { argv, env, stdout } = process;

// A reader such as `head` may close the pipe. End as on Ctrl-C then, so that no process is left behind.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.kill(process.pid, 'SIGTERM');
});

const narrator = new Narrator(stdout, paletteFor(stdout, env));
const command = readArguments(argv.slice(2));
// Built, this file is dist/demo/demo.mjs.
const surroundings = { env, narrator, files: projectFiles(new URL('../..', import.meta.url)) };

switch (command.kind) {
  case 'help':
    stdout.write(HELP);
    break;
  case 'mistake':
    narrator.problem(command.text);
    process.exitCode = 1;
    break;
  case 'story':
    process.exitCode = await tellStory(surroundings, command.once, new EndSignals());
    break;
  case 'fleet':
    process.exitCode = await tellFleet(surroundings, command.once, new EndSignals());
    break;
  case 'local-server':
    process.exitCode = await serveLocally(surroundings, command.configPath, new EndSignals());
    break;
}
