import { expect, it } from 'vitest';
import { runProgram } from './testing/run-program.ts';

it('prints its URL and a development client, and exits on SIGTERM', async () => {
  const { child, printed, exited } = runProgram({});
  await expect.poll(() => printed.output, { timeout: 10_000 }).toMatch(/\n/);
  const [, url = '', id = '', secret = ''] =
    /^Parley listens on (\S+) \(development client: id (\w+), secret (\w+);.*\)\n$/.exec(printed.output) ??
    [];
  const answer = await fetch(`${url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: id, client_secret: secret }),
  });
  expect(answer.status).toBe(200);
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
}, 20_000);

it('explains a configuration error in one line', async () => {
  const { printed, exited } = runProgram({ PARLEY_DATA_DIR: '/dev/null/data' });
  expect(await exited).toBe(1);
  expect(printed.output).toMatch(/^PARLEY_DATA_DIR .*\n$/);
}, 20_000);

it('names variables that have no effect, apart from those of back ends', async () => {
  const { child, printed, exited } = runProgram({
    PARLEY_REDIS_ULR: 'redis://valkey',
    PARLEY_CLIENT_ID: 'shop',
  });
  await expect.poll(() => printed.output, { timeout: 10_000 }).toMatch(/Parley listens/);
  const [warning, ...others] = printed.output.split('\n').filter((line) => line.includes('has no effect'));
  expect(warning).toMatch(
    /^PARLEY_REDIS_ULR has no effect: the server has no such setting\. All settings: https:/,
  );
  expect(others).toEqual([]);
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
}, 20_000);

it('prints its help and its version', async () => {
  const asked = [runProgram({}, ['--help']), runProgram({}, ['-v'])];
  expect(await Promise.all(asked.map(({ exited }) => exited))).toEqual([0, 0]);
  expect(asked[0]?.printed.output).toContain('Usage: npx @parley-rtc/server [options]');
  expect(asked[1]?.printed.output).toMatch(/^\d+\.\d+\.\d+\n$/);
}, 20_000);

it('explains in one line an option that it does not know, or a value that it cannot use', async () => {
  const unknown = runProgram({}, ['--prot', '1']);
  const unusable = runProgram({}, ['--port', 'x']);
  expect(await Promise.all([unknown.exited, unusable.exited])).toEqual([1, 1]);
  expect(unknown.printed.output).toBe("Unknown option '--prot'. See all options with --help.\n");
  expect(unusable.printed.output).toBe('--port is "x"; it must be a port number from 0 to 65535.\n');
}, 20_000);

it('says which port is in use, and what to do', async () => {
  const first = runProgram({});
  await expect.poll(() => first.printed.output, { timeout: 10_000 }).toMatch(/Parley listens/);
  const port = /:(\d+) /.exec(first.printed.output)?.[1] ?? '';
  const second = runProgram({}, ['--port', port]);
  expect(await second.exited).toBe(1);
  expect(second.printed.output).toMatch(
    new RegExp(
      `^Port ${port} on 127\\.0\\.0\\.1 is in use by another program.*\\n.*--port ${Number(port) + 1}, or`,
    ),
  );
  const elsewhere = runProgram({}, ['--host', '192.0.2.1']);
  expect(await elsewhere.exited).toBe(1);
  expect(elsewhere.printed.output).toMatch(
    /^--host is "192\.0\.2\.1", which is not an address of this machine/,
  );
}, 30_000);

it('logs no tokens, tickets, secrets or bodies', async () => {
  const { child, printed, exited } = runProgram({
    PARLEY_CLIENTS: 'desk:hush-hush:AGENT',
    PARLEY_LOG_LEVEL: 'debug',
  });
  await expect.poll(() => printed.output, { timeout: 10_000 }).toMatch(/Parley listens/);
  const url = /Parley listens on (\S+)/.exec(printed.output)?.[1] ?? '';
  const granted = await fetch(`${url}/security/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'desk',
      client_secret: 'hush-hush',
    }),
  });
  const { access_token: token } = (await granted.json()) as { readonly access_token: string };
  const authorization = `Bearer ${token}`;
  await fetch(`${url}/security/ticket/SECRET?code=SECRET`, { headers: { authorization } });
  await fetch(`${url}/rtc-api/conferences/publishStream`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ sdpOffer: 'v=0 SECRET' }),
  });
  child.kill('SIGTERM');
  await exited;
  expect(printed.output).toContain('/security/ticket/:id');
  expect(printed.output).toContain('/rtc-api/conferences/publishStream');
  expect(printed.output).not.toMatch(/SECRET|hush-hush|Bearer/);
  expect(printed.output).not.toContain(token);
}, 20_000);

it('writes a log of JSON lines that contain only the route of hostile requests', async () => {
  const { child, printed, exited } = runProgram({
    PARLEY_CLIENTS: 'desk:hush-hush:AGENT',
    PARLEY_LOG_LEVEL: 'debug',
  });
  await expect.poll(() => printed.output, { timeout: 10_000 }).toMatch(/Parley listens/);
  const url = /Parley listens on (\S+)/.exec(printed.output)?.[1] ?? '';
  const evil = 'EVIL\n{"level":60,"msg":"forged"}\u001b[2J';
  const ask = async (path: string, init: RequestInit = {}): Promise<unknown> =>
    (await fetch(`${url}${path}`, init)).json();
  const form = { grant_type: 'client_credentials', client_id: 'desk', client_secret: 'hush-hush' };
  const { access_token: token } = (await ask('/security/oauth/token', {
    method: 'POST',
    body: new URLSearchParams(form),
  })) as { readonly access_token: string };
  const headers = {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'user-agent': 'EVIL',
  };
  const post = (path: string, body: object): Promise<unknown> =>
    ask(path, { method: 'POST', headers, body: JSON.stringify(body) });

  await ask('/rtc-api/iceServers', { headers: { authorization: 'Bearer EVIL', 'x-request-id': 'EVIL' } });
  await ask(`/rtc-api/conferences/${encodeURIComponent(evil)}?v=${encodeURIComponent(evil)}`, { headers });
  await ask(`/EVIL${encodeURIComponent(evil)}`, { headers });
  await ask('/%EVIL', { headers });
  const { id: conferenceId } = (await post('/rtc-api/conferences/create', { conferenceId: evil })) as {
    readonly id: string;
  };
  const userEndpointId = await post('/rtc-api/users/endpoints', { keepAliveSeconds: 30 });
  await post('/rtc-api/conferences/join', { conferenceId, userEndpointId });
  for (const sdpOffer of [`v=0\r\ns=${evil}`, `v=0\r\nm=audio EVIL\r\na=${evil}`]) {
    await post('/rtc-api/conferences/publishStream', {
      conferenceId,
      userEndpointId,
      conferenceStreamType: 'CAM',
      sdpOffer,
    });
  }
  child.kill('SIGTERM');
  await exited;

  const lines = printed.output.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(Number) });
  expect(lines.filter((line) => line.includes('"res"')).every((line) => line.includes('"reqId"'))).toBe(true);
  expect(printed.output).not.toMatch(/EVIL|forged|hush-hush|Bearer/);
  expect(printed.output).not.toContain('\u001b');
  expect(printed.output).not.toContain(token);
}, 20_000);
