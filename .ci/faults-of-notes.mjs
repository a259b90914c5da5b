// What `changeset version` does not change, and a release needs: the notes, and the versions that the examples install.
import { globSync, readFileSync } from 'node:fs';
import { satisfies } from 'semver';

/** Returns what still speaks of another version than `version`. */
export function faultsOfNotes(version) {
  const faults = [];
  const notes = readFileSync('CHANGELOG.md', 'utf8');
  if (!notes.includes(`\n## ${version}\n`)) faults.push(`CHANGELOG.md has no notes for ${version}.`);
  for (const path of globSync('demo/examples/*/package.json')) {
    const { dependencies = {} } = JSON.parse(readFileSync(path, 'utf8'));
    for (const [name, range] of Object.entries(dependencies)) {
      if (!name.startsWith('@parley-rtc/') || satisfies(version, range)) continue;
      faults.push(`${path} asks for ${name} ${range}, which leaves out ${version}.`);
    }
  }
  return faults;
}
