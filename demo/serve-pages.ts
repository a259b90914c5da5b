// The pages as a process of their own, which `dev.ts` restarts when their back end changes.
import { createPages } from './pages.ts';
import { readSettings } from './read-settings.ts';
import { runOrExplain } from './run-or-explain.ts';

await runOrExplain(async () => {
  const { lanAddress, pagesPort, apiPort } = readSettings('npm run dev');
  const pages = await createPages({
    port: pagesPort,
    lanAddress,
    api: `http://127.0.0.1:${apiPort}`,
    clientId: process.env['DEMO_CLIENT_ID'] ?? '',
    clientSecret: process.env['DEMO_CLIENT_SECRET'] ?? '',
    reloadsWithSdk: true,
  });
  await pages.listen();
});
