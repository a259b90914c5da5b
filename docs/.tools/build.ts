// Builds the site into `.vitepress/dist`, and fails on whatever a reader would stumble over.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { errorCodeProblems } from './check-error-codes.ts';
import { featureProblems } from './check-features.ts';
import { repositoryLinkProblems, siteLinkProblems } from './check-links.ts';
import { navigationProblems } from './check-navigation.ts';
import { sampleProblems } from './check-samples.ts';
import { fixMarkdownLinks } from './fix-markdown-links.ts';
import { docs } from './folders.ts';
import { writeReference } from './write-reference.ts';

async function buildSite(): Promise<string[]> {
  await writeReference();
  const [status] = await once(spawn('vitepress', ['build'], { cwd: docs, stdio: 'inherit' }), 'close');
  return status === 0
    ? [...siteLinkProblems(), ...fixMarkdownLinks()]
    : ['VitePress could not build the site.'];
}

// The compiler and the site take about as long, and one core each.
const problems = [
  ...navigationProblems(),
  ...errorCodeProblems(),
  ...featureProblems(),
  ...repositoryLinkProblems(),
  ...(await Promise.all([sampleProblems(), buildSite()])).flat(),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
