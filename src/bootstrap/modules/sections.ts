import { appConfigSection } from '../../adapters/config/cache-yaml/appconfig-section.ts';
import { parametersSection, secretsSection } from '../../adapters/config/cache-yaml/value-sections.ts';
import type { YamlSection } from '../../adapters/config/cache-yaml/yaml-section.ts';

/**
 * The sections of `cache.yaml` of the sources in `sources.ts`; that of DynamoDB is built in. Apart from the modules, which are
 * most of what is loaded after the settings are valid.
 */
export const SECTIONS: readonly YamlSection[] = [parametersSection, secretsSection, appConfigSection];
