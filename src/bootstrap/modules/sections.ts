import { appConfigSection } from '../../adapters/config/cache-yaml/appconfig-section.ts';
import { parametersSection } from '../../adapters/config/cache-yaml/parameters-section.ts';
import { secretsSection } from '../../adapters/config/cache-yaml/secrets-section.ts';
import type { YamlSection } from '../../adapters/config/cache-yaml/yaml-section.ts';

/**
 * The sections of `cache.yaml` of the sources in `sources.ts`; that of DynamoDB is built in. Apart from the modules, which are
 * most of what is loaded after the settings are valid.
 */
export const SECTIONS: readonly YamlSection[] = [parametersSection, secretsSection, appConfigSection];
