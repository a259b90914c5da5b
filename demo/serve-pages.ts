// The pages as a process of their own, which `dev.ts` restarts when their back end changes.
import { createBackend } from './backend.ts';
import { readSettings } from './read-settings.ts';
import { runOrExplain } from './run-or-explain.ts';
import { createDevPages } from './serving/dev-pages.ts';

await runOrExplain(async () => {
  const { lanAddress, pagesPort, apiPort } = readSettings('npm run dev');
  const api = `http://127.0.0.1:${apiPort}`;
  const backend = createBackend({
    server: api,
    clientId: process.env['DEMO_CLIENT_ID'] ?? '',
    clientSecret: process.env['DEMO_CLIENT_SECRET'] ?? '',
  });
  const pages = await createDevPages({ port: pagesPort, lanAddress, api, backend });
  await pages.listen();
});
