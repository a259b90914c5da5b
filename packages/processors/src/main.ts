#!/usr/bin/env node
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assetFiles } from './assets.ts';

const usage = `Usage: parley-processors copy-assets <folder>

Copies the files that background blur, background images and noise suppression load into <folder>. Let your web server serve
it, and pass its URL to the processors as \`assets\`.
`;

const [command, folder, ...rest] = process.argv.slice(2);
if (command !== 'copy-assets' || folder === undefined || rest.length > 0) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  mkdirSync(folder, { recursive: true });
  for (const [name, path] of Object.entries(assetFiles())) {
    copyFileSync(path, join(folder, name));
    process.stdout.write(`${join(folder, name)}\n`);
  }
}
