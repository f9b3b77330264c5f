import {
  COHERENCE_RULE,
  type Coherence,
  needsJournal,
  parseCoherence,
} from '../../../domain/cache/coherence.ts';
import type { Settings } from '../settings.ts';
import { VARIABLES } from './variable-names.ts';
import type { Variables } from './variables.ts';

/** Reads the coherence of tables by default, and the journal that all coherence but `ttl` needs. */
export const coherenceSettings = (variables: Variables): Pick<Settings, 'coherence' | 'journal'> => {
  const coherence = defaultCoherence(variables);
  const table = journalTable(variables);
  const pages = variables.wholeNumber(VARIABLES.journalPages, { min: 1, max: 16 }, 4);
  if (table === undefined && needsJournal(coherence)) {
    variables.report(
      `${VARIABLES.coherence} is "${variables.text(VARIABLES.coherence)}", but ${JOURNAL_IS_MISSING}`,
    );
  }
  return {
    ...(coherence === undefined ? {} : { coherence }),
    ...(table === undefined ? {} : { journal: { table, pages } }),
  };
};

/** Completes the problem that a coherence is set. */
export const JOURNAL_IS_MISSING = `${VARIABLES.journalTable} names no table; set it to the name of the journal table`;

const defaultCoherence = (variables: Variables): Coherence | undefined => {
  const text = variables.text(VARIABLES.coherence);
  if (text === undefined) return undefined;
  try {
    return parseCoherence(text);
  } catch {
    variables.reject(VARIABLES.coherence, COHERENCE_RULE);
    return undefined;
  }
};

const journalTable = (variables: Variables): string | undefined => {
  const name = variables.text(VARIABLES.journalTable);
  if (name === undefined || /^[a-zA-Z0-9_.-]{3,255}$/.test(name)) return name;
  variables.reject(VARIABLES.journalTable, TABLE_RULE);
  return undefined;
};

const TABLE_RULE =
  'the name (not the ARN) of a table in the region of the function, of 3 to 255 characters out of a-z, A-Z, 0-9, "_", "-" and "."';
