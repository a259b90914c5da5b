// Checks imports: between packages with dependency-cruiser (.dependency-cruiser.mjs), between rooms with the tables of
// rooms.mjs. Also checks the tables: each room exists, each permission is used, no room has more than 21 files, and
// docs/architecture.md shows the same tables. `node .ci/check-layers.mjs --write` updates that page.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { entrances, rooms } from './rooms.mjs';

const maxFilesPerRoom = 21;
const page = 'docs/architecture.md';

/** Runs dependency-cruiser: returns all modules and the violations of its rules. */
function cruise() {
  const args = ['--config', '.dependency-cruiser.mjs', '--output-type', 'json', 'packages', 'demo', 'e2e'];
  const { stdout, stderr } = spawnSync('depcruise', args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (!stdout) throw new Error(`dependency-cruiser failed:\n${stderr}`);
  return JSON.parse(stdout);
}

const isTest = (path) => /\.test\.[cm]?[jt]sx?$|\/src\/(?:.*\/)?testing\//.test(path);
const isSource = (path) => !isTest(path) && !path.endsWith('.d.ts') && /\.[cm]?[jt]sx?$/.test(path);

/** Files that a source names by `new URL('./x.ts', import.meta.url)`, which dependency-cruiser does not follow. */
function filesByUrl(source) {
  const matches = readFileSync(source, 'utf8').matchAll(/new URL\(\s*['"`](\.[^'"`]+\.[cm]?[jt]sx?)['"`]/g);
  return Array.from(matches, ([, path]) => posix.join(posix.dirname(source), path));
}

/** The room of a file below `src`: its own name or its folder in the table; undefined for an entrance. */
function roomOf(table, file) {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '.';
  return [file, folder].find((name) => Object.hasOwn(table, name));
}

/** Problems of a package's table, and of its files according to that table. */
function problemsOf(name, table, modules) {
  const src = `packages/${name}/src/`;
  const own = modules.filter(({ source }) => source.startsWith(src) && isSource(source));
  const problems = [];
  const used = new Set();
  const sizes = new Map();
  const order = Object.keys(table);
  for (const [room, { imports }] of Object.entries(table)) {
    for (const lower of imports) {
      if (order.indexOf(lower) >= order.indexOf(room) || !order.includes(lower)) {
        problems.push(`${name}: "${room}" may not import "${lower}", which is not above it in the table`);
      }
    }
  }
  for (const { source, dependencies } of own) {
    const file = source.slice(src.length);
    const room = roomOf(table, file);
    if (room === undefined && !entrances[name]?.includes(file))
      problems.push(`${source} is neither in a room of the table nor an entrance`);
    sizes.set(room, (sizes.get(room) ?? 0) + 1);
    for (const resolved of [...dependencies.map(({ resolved }) => resolved), ...filesByUrl(source)]) {
      if (!resolved.startsWith(src)) continue;
      if (isTest(resolved)) problems.push(`${source} imports ${resolved}, which is for tests`);
      const target = roomOf(table, resolved.slice(src.length));
      if (target === room) continue;
      used.add(`${room} ${target}`);
      if (room === undefined || table[room].imports.includes(target)) continue;
      const into = target === undefined ? 'an entrance' : `room "${target}"`;
      problems.push(`${source} (room "${room}") imports ${resolved} (${into})`);
    }
  }
  for (const [room, { imports }] of Object.entries(table)) {
    const files = sizes.get(room) ?? 0;
    if (files === 0) problems.push(`${name}: room "${room}" has no files`);
    if (files > maxFilesPerRoom) problems.push(`${name}: room "${room}" has ${files} files: divide it`);
    for (const lower of imports) {
      if (!used.has(`${room} ${lower}`)) {
        problems.push(`${name}: "${room}" no longer imports "${lower}": remove it from the table`);
      }
    }
  }
  return problems;
}

const code = (text) => `\`${text}\``;

/** Formats a package's table as Markdown. */
function tableOf(table) {
  const rows = Object.entries(table).map(([room, { holds, imports }]) => {
    const name = room === '.' ? 'the files in `src`' : code(room);
    return `| ${name} | ${holds} | ${imports.map(code).join(', ') || '–'} |`;
  });
  return ['| room | what it holds | may import |', '| --- | --- | --- |', ...rows].join('\n');
}

/** Fills each `<!-- rooms: sdk -->` ... `<!-- /rooms -->` of the page from the tables. */
function withTables(text) {
  return text.replace(
    /(<!-- rooms: (\w+) -->\n)[^]*?(<!-- \/rooms -->)/g,
    (_, open, name, close) => `${open}\n${tableOf(rooms[name])}\n\n${close}`,
  );
}

/** Removes Prettier's padding of tables, for comparing. */
const unpadded = (text) => text.replace(/ {2,}/g, ' ').replace(/-{3,}/g, '---');

const { modules, summary } = cruise();
const problems = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
for (const [name, table] of Object.entries(rooms)) problems.push(...problemsOf(name, table, modules));

const text = readFileSync(page, 'utf8');
const shown = withTables(text);
const missing = Object.keys(rooms).filter((name) => !text.includes(`<!-- rooms: ${name} -->`));
for (const name of missing) problems.push(`${page} does not show the rooms of ${name}`);
if (unpadded(shown) !== unpadded(text)) {
  if (process.argv.includes('--write')) {
    writeFileSync(page, shown);
    spawnSync('prettier', ['--write', page], { stdio: 'inherit' });
  } else
    problems.push(`${page} does not show the tables of .ci/rooms.mjs: run node .ci/check-layers.mjs --write`);
}

for (const problem of problems) console.error(`✗ ${problem}`);
const roomCount = Object.values(rooms).reduce((sum, table) => sum + Object.keys(table).length, 0);
console.log(`${modules.length} modules, ${roomCount} rooms, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
