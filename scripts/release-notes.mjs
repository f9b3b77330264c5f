import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments } from './arguments.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { homepage } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

const { positionals } = readArguments({
  usage: `node scripts/release-notes.mjs <version>
Prints the section of CHANGELOG.md about a version such as 1.2.3, with links that lead to the files of its tag.
  -h, --help  print this`,
  accepts: (words) => (words.length === 1 ? undefined : 'name one version'),
});
const [version] = positionals;

const sections = readFileSync(`${root}CHANGELOG.md`, 'utf8').split(/^(?=## )/m);
const section = sections.find((each) => each.startsWith(`## ${version} — `));
if (section === undefined) {
  console.error(`CHANGELOG.md has no dated section for ${version}`);
  process.exitCode = 1;
} else {
  const { GITHUB_REPOSITORY: repository } = process.env;
  const home =
    repository === undefined ? homepage.replace('#readme', '') : `https://github.com/${repository}`;
  const files = `${home}/blob/v${version}/`;
  const [, ...body] = section.split('\n');
  console.log(
    body
      .join('\n')
      .replaceAll(/\]\((?!https?:|#)/g, `](${files}`)
      .trim(),
  );
}
