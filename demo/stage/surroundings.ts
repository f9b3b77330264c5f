import type { Narrator } from '../narration/narrator.ts';
import type { ProjectFiles } from './project-files.ts';

/** What everything that the demo can show needs. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly narrator: Narrator;
  readonly files: ProjectFiles;
}
