import type { KeyNames } from '../../../domain/dynamodb/model/recorded-key.ts';
import type { JournalSettings, Settings } from '../settings.ts';
import { readEnvironment } from './environment.ts';
import { VARIABLES } from './variable-names.ts';
import { type EnvironmentVariables, Variables } from './variables.ts';

/** The settings of the function that announces the changes in streams. */
export interface StreamSettings {
  readonly settings: Omit<Settings, 'tables'>;
  readonly journal: JournalSettings;
  readonly keyNames: KeyNames;
}

/** Names the key attributes of the tables whose streams the function reads. */
const TABLE_KEYS = 'TABLE_KEYS';

const KEYS_RULE =
  'the name of the hash key attribute, with a comma and the name of the sort key attribute if the tables have one, such as id or pk,sk';

/**
 * Reads the settings from environment variables: those of the extension, and `TABLE_KEYS`.
 *
 * @throws {Error} if a variable is invalid or missing. The message has one line for each
 */
export const readStreamSettings = (environment: EnvironmentVariables): StreamSettings => {
  const variables = new Variables(environment);
  const { settings, problems } = readEnvironment(environment);
  const keyNames = keyNamesIn(variables);
  if (variables.text(VARIABLES.journalTable) === undefined) {
    variables.report(`${VARIABLES.journalTable} is not set; set it to the name of the journal table`);
  }
  const { journal } = settings;
  const all = [...problems, ...variables.problems];
  if (journal === undefined || keyNames === undefined || all.length > 0) throw new Error(all.join('\n'));
  return { settings, journal, keyNames };
};

const keyNamesIn = (variables: Variables): KeyNames | undefined => {
  const text = variables.text(TABLE_KEYS);
  if (text === undefined) {
    variables.report(`${TABLE_KEYS} is not set; allowed: ${KEYS_RULE}`);
    return undefined;
  }
  const [hash = '', sort, ...surplus] = text.split(',').map((name) => name.trim());
  if (hash !== '' && sort !== '' && sort !== hash && surplus.length === 0) {
    return sort === undefined ? { hash } : { hash, sort };
  }
  variables.reject(TABLE_KEYS, KEYS_RULE);
  return undefined;
};
