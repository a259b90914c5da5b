#!/usr/bin/env node
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadMediaPeers } from './media/native-media-peers.ts';
import { formatReport } from './report/format-report.ts';
import { runConformance } from './run-conformance.ts';

const usage = `Usage: parley-conformance <url> --client <id> --secret <secret> [--media] [--only <id>] [--json <file>]

Checks whether the server at <url> conforms to the contract of the Auvious RTC API.

  --client, --secret   a client of the server; the role SERVICE avoids skipped checks
  --media              also publish and view through real peer connections
  --only               run only checks whose id begins with this, such as event/
  --json               also write the report to a file

Exit code: 0 if no rule is broken, 1 if one is, 2 if the checks could not run.
`;

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      client: { type: 'string' },
      secret: { type: 'string' },
      media: { type: 'boolean', default: false },
      only: { type: 'string', default: '' },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [server, ...others] = positionals;
  const { client: clientId, secret: clientSecret } = values;
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (!server || others.length > 0 || clientId === undefined || clientSecret === undefined) {
    process.stderr.write(usage);
    return 2;
  }
  const media = values.media ? await loadMediaPeers() : undefined;
  try {
    const report = await runConformance({
      server,
      clientId,
      clientSecret,
      only: values.only,
      ...(media && { media }),
    });
    process.stdout.write(formatReport(report));
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`);
    return report.breached > 0 ? 1 : 0;
  } finally {
    media?.release();
  }
}
