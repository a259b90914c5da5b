import { readFileSync } from 'node:fs';

const manifest = JSON.parse(
  readFileSync(new URL('../../packages/sdk/package.json', import.meta.url), 'utf8'),
) as { repository?: { url: string } };

/** Where the repository is shown, as the packages' manifests name it. */
export const repositoryUrl: string = (
  manifest.repository?.url ?? 'git+https://github.com/parley-rtc/parley.git'
).replace(/^git\+|\.git$/g, '');
