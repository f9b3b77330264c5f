import { listedConfigurations } from '../../src/adapters/config/cache-yaml/appconfig-section.ts';
import { listedParameters, listedSecrets } from '../../src/adapters/config/cache-yaml/value-sections.ts';
import type { Settings } from '../../src/adapters/config/settings.ts';

/** What `cache.yaml` lists of one source besides tables. */
interface ListedValues {
  readonly title: string;
  readonly names: readonly string[];
  /** The paths at the server, with queries. */
  readonly targets: readonly string[];
  readonly needsToken: boolean;
}

/** One line about each source besides tables that is served. */
export const shownValues = (settings: Settings): readonly string[] =>
  listedValues(settings).map(({ title, names }) =>
    names.length === 0 ? `${title}, none of them listed` : `${title} ${names.join(', ')}`,
  );

/**
 * What to type to read parameters, secrets and configurations.
 *
 * @param variable the variable of the shell that holds a token for them; undefined if there is none
 */
export const valueCurlLines = (
  settings: Settings,
  port: number,
  variable: string | undefined,
): readonly string[] => {
  const listed = listedValues(settings);
  const token = `-H "X-Aws-Parameters-Secrets-Token: $${variable ?? 'CACHE_EXTENSION_TOKEN'}" `;
  return [
    ...listed.flatMap(({ targets, needsToken }) =>
      targets.map((target) => `curl -i ${needsToken ? token : ''}'http://localhost:${port}${target}'`),
    ),
    ...(variable === undefined && listed.some(({ needsToken }) => needsToken)
      ? [
          'Parameters and secrets need a token: start again with CACHE_EXTENSION_TOKEN set to a text of your choice.',
        ]
      : []),
  ];
};

const listedValues = (settings: Settings): readonly ListedValues[] => {
  const { lifetimes } = settings;
  const parameters = listedParameters(settings, lifetimes)?.listed;
  const secrets = listedSecrets(settings, lifetimes)?.listed;
  const configurations = listedConfigurations(settings, lifetimes)?.listed;
  const values = parameters?.flatMap(({ names, path }) => [
    ...names,
    ...(path === undefined ? [] : [`${path.replace(/\/$/, '')}/<name>`]),
  ]);
  const ids = secrets?.flatMap((each) => each.ids);
  return [
    ...(values === undefined ? [] : [section('Parameters', values, '/parameters?name=')]),
    ...(ids === undefined ? [] : [section('Secrets', ids, '/secrets?id=')]),
    ...(configurations === undefined
      ? []
      : [
          {
            title: 'Configurations',
            names: configurations.map(({ application, environment, profile }) =>
              [application, environment, profile].join('/'),
            ),
            targets: configurations.map(
              ({ application, environment, profile }) =>
                `/applications/${encoded(application)}/environments/${encoded(environment)}/configurations/${encoded(profile)}`,
            ),
            needsToken: settings.token !== undefined,
          },
        ]),
  ];
};

const section = (title: string, names: readonly string[], route: string): ListedValues => ({
  title,
  names,
  targets: names.map((name) => route + inQuery(name)),
  needsToken: true,
});

/** As readable as possible: slashes, colons and the angle brackets of a placeholder need no escape. */
const inQuery = (name: string): string =>
  encoded(name).replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%3C', '<').replaceAll('%3E', '>');

/** For a URL in single quotes. */
const encoded = (text: string): string => encodeURIComponent(text).replaceAll("'", '%27');
