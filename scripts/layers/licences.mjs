import { readdirSync, readFileSync } from 'node:fs';
import { bytesByInput, packageFolderOf, packageOf } from './packages.mjs';

const isLicence = (file) => /^(licen[cs]e|copying|notice)\b/i.test(file);

/**
 * The text of THIRD-PARTY-LICENSES: every package of which something is in the bundle, under the words of its licence.
 *
 * @param root folder that the paths of the metafile are relative to
 * @throws if a package brings no licence
 */
export const licencesOf = (metafile, root) => {
  const folders = new Map();
  for (const path of bytesByInput(metafile).keys())
    if (packageOf(path) !== undefined) folders.set(packageOf(path), root + packageFolderOf(path));
  const sections = new Map();
  const without = [];
  for (const name of [...folders.keys()].sort()) {
    const folder = folders.get(name);
    const files = readdirSync(folder).filter(isLicence).sort();
    if (files.length === 0) without.push(name);
    const text = files
      .map((file) => readFileSync(`${folder}/${file}`, 'utf8').replaceAll('\r\n', '\n').trim())
      .join('\n\n');
    const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
    sections.set(text, [...(sections.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  if (without.length > 0) throw new Error(`no licence was found of ${without.join(', ')}`);
  return [...sections].map(([text, packages]) => section(packages, text)).join('\n');
};

/** Some words, under the names of those whom they are about. */
export const section = (titles, text) =>
  `${'='.repeat(80)}\n${titles.join('\n')}\n${'='.repeat(80)}\n\n${text}\n`;
