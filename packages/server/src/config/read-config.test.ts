import { expect, it } from 'vitest';
import { ConfigError } from '../config-error.ts';
import { readConfig } from './read-config.ts';

it('needs no variable at all', () => {
  expect(readConfig({})).toEqual({ clients: [], iceServers: [], logLevel: 'warn' });
  const blank = {
    PARLEY_PORT: '',
    PARLEY_HOST: '',
    PARLEY_CLIENTS: ' ; ',
    PARLEY_DATA_DIR: '',
    PARLEY_ICE_SERVERS: '',
    PARLEY_ENDED_RETENTION_SECONDS: '',
  };
  expect(readConfig(blank)).toEqual(readConfig({}));
});

it('reads every variable', () => {
  const config = readConfig({
    PARLEY_PORT: '0',
    PARLEY_HOST: '0.0.0.0',
    PARLEY_CLIENTS: 'desk:s3cret:AGENT;backend:other:SERVICE+AGENT:acme',
    PARLEY_ANNOUNCED_ADDRESS: '203.0.113.7',
    PARLEY_UDP_PORT: '40000',
    PARLEY_ICE_SERVERS: '[{"urls":["stun:stun.example.com"]}]',
    PARLEY_DATA_DIR: '/data',
    PARLEY_PACKET_DUMP_DIR: '/dumps',
    PARLEY_LOG_LEVEL: 'info',
    PARLEY_ENDED_RETENTION_SECONDS: '0',
    PARLEY_TICKET_RETENTION_SECONDS: '3600',
    PARLEY_COMPACTION_SECONDS: '60',
  });
  expect(config).toEqual({
    port: 0,
    host: '0.0.0.0',
    clients: [
      { id: 'desk', secret: 's3cret', roles: ['AGENT'] },
      { id: 'backend', secret: 'other', roles: ['SERVICE', 'AGENT'], organizationId: 'acme' },
    ],
    announcedAddress: '203.0.113.7',
    udpPort: 40_000,
    iceServers: [{ urls: ['stun:stun.example.com'] }],
    dataDir: '/data',
    packetDumpDir: '/dumps',
    logLevel: 'info',
    endedRetentionMs: 0,
    expiredTicketRetentionMs: 3_600_000,
    compactionIntervalMs: 60_000,
  });
});

it('reads limits, origins and proxies', () => {
  const config = readConfig({
    PARLEY_LIMIT_BODY_BYTES: '1000',
    PARLEY_LIMIT_VIEWS_PER_ENDPOINT: '5',
    PARLEY_RATE_LIMIT_CALLS_PER_USER: '60',
    PARLEY_CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
    PARLEY_TRUST_PROXY: '2',
    PARLEY_SHUTDOWN_DELAY_MS: '5000',
    PARLEY_METRICS_TOKEN: 't',
  });
  expect(config).toMatchObject({
    limits: { bodyBytes: 1000, viewsPerEndpoint: 5 },
    rateLimits: { callsPerUser: 60 },
    corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
    trustProxy: 2,
    shutdownDelayMs: 5000,
    metricsToken: 't',
  });
  expect(readConfig({ PARLEY_TRUST_PROXY: '10.0.0.0/8,::1' }).trustProxy).toEqual(['10.0.0.0/8', '::1']);
  expect(readConfig({ PARLEY_RATE_LIMITS: 'off' }).rateLimits).toBe('off');
});

it.each([
  ['PARLEY_PORT', 'tcp://10.0.0.9:80', /enableServiceLinks/],
  ['PARLEY_LIMIT_BODY_BYTES', '1 MB', /whole number/],
  ['PARLEY_RATE_LIMITS', 'no', /on or off/],
  ['PARLEY_TRANSPORT', 'raw', /PARLEY_TRANSPORT is "raw".*node-datachannel or native/],
  ['PARLEY_CORS_ORIGINS', 'https://app.example.com/', /not an origin/],
  ['PARLEY_CORS_ORIGINS', '*', /not an origin/],
  ['PARLEY_TRUST_PROXY', 'true', /number of proxies/],
  ['PARLEY_PORT', 'http', /PARLEY_PORT is "http".*0 to 65535/],
  ['PARLEY_PORT', '70000', /0 to 65535/],
  ['PARLEY_UDP_PORT', '-1', /PARLEY_UDP_PORT/],
  ['PARLEY_ANNOUNCED_ADDRESS', 'rtc.example.com', /must be an IP address/],
  ['PARLEY_CLIENTS', 'ok:ok:AGENT;id:hush-hush', /entry 2: must read id:secret:ROLE\+ROLE/],
  ['PARLEY_CLIENTS', 'id:secret:KING', /no role "KING".*SERVICE/],
  ['PARLEY_CLIENTS', 'customer:secret:AGENT', /customer/],
  ['PARLEY_ICE_SERVERS', '{', /PARLEY_ICE_SERVERS must be JSON like/],
  ['PARLEY_ICE_SERVERS', '[{"urls":"stun:x"}]', /PARLEY_ICE_SERVERS/],
  ['PARLEY_LOG_LEVEL', 'loud', /silent, error/],
  ['PARLEY_ENDED_RETENTION_SECONDS', '-1', /RETENTION_SECONDS is "-1"; .*seconds from 0/],
  ['PARLEY_TICKET_RETENTION_SECONDS', '1.5', /whole number of seconds/],
  ['PARLEY_COMPACTION_SECONDS', '0', /seconds from 1/],
  ['PARLEY_COMPACTION_SECONDS', '1e3', /PARLEY_COMPACTION_SECONDS/],
])('explains what is wrong with %s="%s", without repeating secrets', (name, value, message) => {
  const read = (): unknown => readConfig({ [name]: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/hush-hush/);
});

it('accepts an external issuer with its keys and audience, and refuses a partial configuration', () => {
  const issuer = {
    PARLEY_ISSUER: 'https://id.example.com',
    PARLEY_JWKS_URL: 'https://id.example.com/keys',
    PARLEY_AUDIENCE: 'parley',
  };
  expect(readConfig(issuer).externalIssuer).toEqual({
    issuer: 'https://id.example.com',
    jwksUrl: 'https://id.example.com/keys',
    audience: 'parley',
  });
  const claims = { PARLEY_ORGANIZATION_CLAIM: 'org', PARLEY_AUTHORITIES_CLAIM: 'roles' };
  expect(readConfig({ ...issuer, ...claims }).externalIssuer).toMatchObject({
    organizationClaim: 'org',
    authoritiesClaim: 'roles',
  });
  for (const wrong of [
    { PARLEY_AUDIENCE: '' },
    { PARLEY_JWKS_URL: undefined },
    { PARLEY_JWKS_URL: 'file:///keys' },
    { PARLEY_ISSUER: 'parley-server' },
  ]) {
    expect(() => readConfig({ ...issuer, ...wrong })).toThrow(/PARLEY_/);
  }
});

it('reads how many processes route media', () => {
  expect(readConfig({ PARLEY_MEDIA_PROCESSES: '4' })).toMatchObject({ mediaProcesses: 4 });
  for (const text of ['0', '65', '1.5', 'all']) {
    expect(() => readConfig({ PARLEY_MEDIA_PROCESSES: text })).toThrow(/^PARLEY_MEDIA_PROCESSES is /);
  }
  const ports = { PARLEY_MEDIA_PROCESSES: '4', PARLEY_UDP_PORT: '65533' };
  expect(() => readConfig(ports)).toThrow(/^PARLEY_UDP_PORT is 65533/);
});

it('reads a TURN server that shares a secret', () => {
  const urls = 'turn:turn.example.com:3478?transport=udp, turns:turn.example.com:5349';
  const variables = { PARLEY_TURN_URLS: urls, PARLEY_TURN_SECRET: 'hush', PARLEY_TURN_TTL_SECONDS: '600' };
  expect(readConfig(variables).turn).toEqual({ urls: urls.split(', '), secret: 'hush', ttlSeconds: 600 });
  for (const change of [
    { PARLEY_TURN_SECRET: '' },
    { PARLEY_TURN_URLS: '' },
    { PARLEY_TURN_URLS: 'https://x' },
    { PARLEY_TURN_TTL_SECONDS: '0' },
  ]) {
    expect(() => readConfig({ ...variables, ...change })).toThrow(/^PARLEY_TURN_(?!.*hush)/);
  }
});

it.each<[string, string, object]>([
  ['PARLEY_PORT', '65535', { port: 65_535 }],
  ['PARLEY_UDP_PORT', '0', { udpPort: 0 }],
  ['PARLEY_MEDIA_PROCESSES', '1', { mediaProcesses: 1 }],
  ['PARLEY_SHARE_LINKS', 'on', { sharesLinks: true }],
  ['PARLEY_TRANSPORT', 'native', { transport: 'native' }],
  ['PARLEY_SHARE_LINKS', 'off', {}],
  ['PARLEY_MEDIA_PROCESSES', '64', { mediaProcesses: 64 }],
  ['PARLEY_ANNOUNCED_ADDRESS', '2001:db8::1', { announcedAddress: '2001:db8::1' }],
  ['PARLEY_TRUST_PROXY', '1', { trustProxy: 1 }],
  ['PARLEY_TRUST_PROXY', '9', { trustProxy: 9 }],
  ['PARLEY_TRUST_PROXY', '::1', { trustProxy: ['::1'] }],
  ['PARLEY_RATE_LIMITS', 'on', {}],
  ['PARLEY_RATE_LIMIT_CALLS_PER_USER', '0', { rateLimits: { callsPerUser: 0 } }],
  ['PARLEY_LIMIT_BODY_BYTES', '999999999999', { limits: { bodyBytes: 999_999_999_999 } }],
  ['PARLEY_SHUTDOWN_DELAY_MS', '0', { shutdownDelayMs: 0 }],
  ['PARLEY_TICKET_RETENTION_SECONDS', '0', { expiredTicketRetentionMs: 0 }],
  ['PARLEY_COMPACTION_SECONDS', '1', { compactionIntervalMs: 1_000 }],
  ['PARLEY_ENDED_RETENTION_SECONDS', '999999999', { endedRetentionMs: 999_999_999_000 }],
  ['PARLEY_LOG_LEVEL', 'silent', { logLevel: 'silent' }],
  ['PARLEY_LOG_LEVEL', 'error', { logLevel: 'error' }],
  ['PARLEY_LOG_LEVEL', 'debug', { logLevel: 'debug' }],
  ['PARLEY_CORS_ORIGINS', ' , ', {}],
  ['PARLEY_TURN_TTL_SECONDS', '60', {}],
])('accepts %s="%s"', (name, value, expected) => {
  expect(readConfig({ [name]: value })).toEqual({ ...readConfig({}), ...expected });
});

it.each([
  ['PARLEY_PORT', '65536'],
  ['PARLEY_PORT', '80.5'],
  ['PARLEY_MEDIA_PROCESSES', '100'],
  ['PARLEY_TRUST_PROXY', '0'],
  ['PARLEY_TRUST_PROXY', '10'],
  ['PARLEY_TRUST_PROXY', '10.0.0.1,proxy'],
  ['PARLEY_LIMIT_BODY_BYTES', '1000000000000'],
  ['PARLEY_LIMIT_BODY_BYTES', '-1'],
  ['PARLEY_ENDED_RETENTION_SECONDS', '1000000000'],
  ['PARLEY_CLIENTS', ':secret:AGENT'],
  ['PARLEY_CLIENTS', 'id::AGENT'],
  ['PARLEY_CLIENTS', 'id:secret:'],
  ['PARLEY_CLIENTS', 'id:secret:AGENT:o-1:more'],
  ['PARLEY_CLIENTS', 'id:secret:AGENT+'],
  ['PARLEY_ICE_SERVERS', '{"urls":[]}'],
  ['PARLEY_ICE_SERVERS', '[null]'],
  ['PARLEY_ICE_SERVERS', '["stun:x"]'],
  ['PARLEY_ICE_SERVERS', '[{}]'],
  ['PARLEY_ICE_SERVERS', '[{"urls":["stun:x"]},{"urls":[7]}]'],
])('refuses %s="%s"', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
});

it('keeps the ports of all media processes below 65536', () => {
  const four = { PARLEY_MEDIA_PROCESSES: '4' };
  expect(readConfig({ ...four, PARLEY_UDP_PORT: '65532' }).udpPort).toBe(65_532);
  expect(() => readConfig({ ...four, PARLEY_UDP_PORT: '65533' })).toThrow(/above 65535/);
});

it('reads TURN credentials that last for a second, or as long as by default', () => {
  const variables = { PARLEY_TURN_URLS: 'turns:turn.example.com', PARLEY_TURN_SECRET: 'hush' };
  const turn = { urls: ['turns:turn.example.com'], secret: 'hush' };
  expect(readConfig(variables).turn).toEqual(turn);
  expect(readConfig({ ...variables, PARLEY_TURN_TTL_SECONDS: '1' }).turn).toEqual({ ...turn, ttlSeconds: 1 });
});

it.each(['http://id.example.com/keys', 'https://id.example.com/keys'])('reads keys from %s', (jwksUrl) => {
  const variables = {
    PARLEY_ISSUER: 'https://id.example.com',
    PARLEY_JWKS_URL: jwksUrl,
    PARLEY_AUDIENCE: 'a',
  };
  expect(readConfig(variables).externalIssuer).toMatchObject({ jwksUrl });
  for (const missing of Object.keys(variables)) {
    expect(() => readConfig({ ...variables, [missing]: '' })).toThrow(/belong together/);
  }
  for (const wrong of ['keys', 'ftp://id.example.com/keys']) {
    expect(() => readConfig({ ...variables, PARLEY_JWKS_URL: wrong })).toThrow(/http or https/);
  }
});
