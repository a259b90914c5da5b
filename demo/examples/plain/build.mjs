// Copies the elements, as any static server can serve them, beside the page.
import { cpSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const elements = dirname(fileURLToPath(import.meta.resolve('@parley-rtc/elements')));
cpSync('index.html', 'dist/index.html');
cpSync(`${elements}/bundle`, 'dist/parley', { recursive: true });
