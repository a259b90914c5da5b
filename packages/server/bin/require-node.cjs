/* Old versions of Node must be able to parse this file, which runs before everything else: it explains what they lack. */
var manifest = require('../package.json');

function isOlder(version, than) {
  var have = version.split('.').map(Number);
  var need = than.split('.').map(Number);
  return have[0] < need[0] || (have[0] === need[0] && have[1] < (need[1] || 0));
}

/* Node can be built without it. */
function hasSqlite() {
  return require('module').isBuiltin('node:sqlite');
}

module.exports = function requireNode(name) {
  var needed = manifest.engines.node.replace(/[^\d.]/g, '');
  var old = isOlder(process.versions.node, needed);
  if (!old && hasSqlite()) return;
  var text = [
    old
      ? name + ' needs Node ' + needed + ' or newer, and this is Node ' + process.versions.node + '.'
      : name + ' needs SQLite, and this Node was built without it.',
    'Install the current version from https://nodejs.org, then try again. Or run it with:',
    '  npx -p node@24 -p ' + manifest.name + ' ' + name,
  ];
  process.stderr.write(text.join('\n') + '\n');
  process.exit(1);
};
