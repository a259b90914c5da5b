// Copies the elements into `dist/demo`, so that `parley-server --demo` needs no other package. Without source maps, which would
// be most of it.
import { cpSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const from = fileURLToPath(new URL('../elements/dist/bundle', import.meta.url));
const to = fileURLToPath(new URL('dist/demo', import.meta.url));
cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.map') });
