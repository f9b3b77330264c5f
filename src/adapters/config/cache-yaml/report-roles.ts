import { isObject, type JsonObject } from '../../../domain/json/json-object.ts';
import { MAX_ROLES } from '../role-settings.ts';
import type { Path } from '../yaml/yaml-node.ts';
import type { YamlOutline } from '../yaml/yaml-outline.ts';

/** Reports settings of a role without a role, and more roles than are allowed, in all sections. */
export const reportRoles = (outline: YamlOutline): void => {
  const roles = new Set<string>();
  for (const [section, value] of Object.entries(isObject(outline.value) ? outline.value : {})) {
    const { items, ...defaults } = isObject(value) ? value : { items: value };
    const above: Path = isObject(value) ? [section, 'items'] : [section];
    const entries = Array.isArray(items) ? items.filter(isObject) : [];
    if (![defaults, ...entries].some(hasRole)) reportLoneSettings([section], defaults, outline);
    for (const [index, entry] of (Array.isArray(items) ? items : []).entries()) {
      if (!isObject(entry)) continue;
      const path = [...above, index];
      const merged: JsonObject = { ...defaults, ...entry };
      if (!hasRole(merged)) {
        reportLoneSettings(path, entry, outline);
        continue;
      }
      const { roleArn, externalId, sessionName } = merged;
      roles.add(JSON.stringify([roleArn, externalId, sessionName]));
      if (roles.size > MAX_ROLES) {
        outline.report([...path, 'roleArn'], TOO_MANY_ROLES);
        return;
      }
    }
  }
};

const TOO_MANY_ROLES = `is one role too many; allowed: at most ${MAX_ROLES} roles in the whole file. The same roleArn with another externalId or sessionName is another role`;

const hasRole = ({ roleArn }: JsonObject): boolean => roleArn !== undefined;

const reportLoneSettings = (path: Path, settings: JsonObject, outline: YamlOutline): void => {
  for (const name of ['externalId', 'sessionName']) {
    if (settings[name] !== undefined) {
      outline.report([...path, name], 'is set without roleArn; allowed: both or neither');
    }
  }
};
