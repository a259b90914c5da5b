import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { StatefulSet } from 'kubernetes-models/apps/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from './config/read-config.ts';

type Variables = Readonly<Record<string, string>>;

const fileOf = (name: string) => fileURLToPath(new URL(`../deploy/${name}`, import.meta.url));
const read = (name: string) => readFileSync(fileOf(name), 'utf8');

/** What the image sets. */
const ofImage: Variables = Object.fromEntries(
  [...readFileSync(new URL('../Dockerfile', import.meta.url), 'utf8').matchAll(/(PARLEY_\w+)=(\S+)/g)].map(
    ([, name = '', value = '']) => [name, value],
  ),
);

const clients = 'backend:a-long-secret:AGENT';

interface Port {
  /** A string or a number, depending on the version of Docker Compose. */
  readonly published: unknown;
  readonly target: number;
  readonly protocol?: string;
}

interface ComposeService {
  readonly environment?: Variables;
  readonly ports?: readonly Port[];
  readonly command?: readonly string[];
}

/** The services as Docker Compose reads them; it fails for a file that is not valid. */
function composeServices(): Readonly<Record<string, ComposeService>> {
  const env = { PATH: process.env['PATH'], PARLEY_CLIENTS: clients, PARLEY_ANNOUNCED_ADDRESS: '203.0.113.7' };
  const { status, stdout, stderr } = spawnSync('docker-compose', ['-f', fileOf('compose.yaml'), 'config'], {
    encoding: 'utf8',
    env,
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return (parse(stdout) as { readonly services: Readonly<Record<string, ComposeService>> }).services;
}

const written = ({ published, target, protocol = 'tcp' }: Port) =>
  `${String(published)}:${target}/${protocol}`;

it('compose.yaml is valid, and every node of it starts with settings of its own', () => {
  const services = composeServices();
  const nodes = Object.entries(services).filter(([name]) => name.startsWith('node-'));
  expect(nodes).toHaveLength(3);
  const udpPorts = nodes.map(([name, { environment = {}, ports }]) => {
    const config = readConfig({ ...ofImage, ...environment });
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 8787,
      announcedAddress: '203.0.113.7',
      trustProxy: 1,
      clients: [{ id: 'backend' }],
      cluster: { redisUrl: 'redis://valkey:6379', nodeUrl: `http://${name}:8787` },
    });
    expect(ports?.map(written)).toEqual([`${config.udpPort}:${config.udpPort}/udp`]);
    return config.udpPort;
  });
  expect(new Set(udpPorts).size).toBe(3);
  expect(services['valkey']?.command).toEqual(
    expect.arrayContaining(['--appendonly', 'yes', '--maxmemory-policy', 'noeviction']),
  );
});

it('compose.yaml gives haproxy.cfg every address that it reads, one for each node', () => {
  const services = composeServices();
  const { environment = {}, ports } = services['haproxy'] ?? {};
  const wanted = new Set(Array.from(read('haproxy.cfg').matchAll(/"\$\{(\w+)\}"/g), ([, name = '']) => name));
  expect(new Set(Object.keys(environment))).toEqual(wanted);
  const { PARLEY_PROXY_BIND: bind, ...addresses } = environment;
  expect(ports?.map(written)).toEqual([`8787${bind}/tcp`]);
  expect(Object.values(addresses).toSorted()).toEqual(['node-1:8787', 'node-2:8787', 'node-3:8787']);
});

it('kubernetes.yaml is valid, and every pod of it starts with settings of its own', () => {
  const [service, nodes, set, budget] = parseAllDocuments(read('kubernetes.yaml')).map((document) =>
    document.toJS(),
  );
  const [ours, headless] = [new Service(service), new Service(nodes)];
  const statefulSet = new StatefulSet(set);
  const disruptionBudget = new PodDisruptionBudget(budget);
  for (const object of [ours, headless, statefulSet, disruptionBudget]) object.validate();

  const { spec } = statefulSet;
  const labels = { app: 'parley' };
  expect([
    ours.spec?.selector,
    headless.spec?.selector,
    disruptionBudget.spec?.selector?.matchLabels,
  ]).toEqual([labels, labels, labels]);
  expect(spec?.template.metadata?.labels).toEqual(labels);
  expect(spec?.serviceName).toBe(headless.metadata?.name);

  const [container] = spec?.template.spec?.containers ?? [];
  const known: Variables = {
    'status.podIP': '10.1.2.3',
    'status.hostIP': '192.0.2.5',
    clients,
    'redis-url': 'redis://:password@valkey:6379',
  };
  const links: Variables = { PARLEY_PORT: 'tcp://10.0.0.9:80', PARLEY_SERVICE_HOST: '10.0.0.9' };
  const isLinked = spec?.template.spec?.enableServiceLinks ?? true;
  const environment: Record<string, string> = { ...ofImage, ...(isLinked && links) };
  for (const { name, value, valueFrom } of container?.env ?? []) {
    const source = valueFrom?.fieldRef?.fieldPath ?? valueFrom?.secretKeyRef?.key ?? '';
    environment[name] =
      value?.replaceAll(/\$\((\w+)\)/g, (_, other: string) => environment[other] ?? '') ??
      known[source] ??
      '';
  }
  const config = readConfig(environment);
  expect(config).toMatchObject({
    announcedAddress: '192.0.2.5',
    trustProxy: 1,
    clients: [{ id: 'backend' }],
    cluster: { redisUrl: known['redis-url'], nodeUrl: 'http://10.1.2.3:8787' },
  });
  expect(container?.ports).toContainEqual(
    expect.objectContaining({ containerPort: config.udpPort, hostPort: config.udpPort, protocol: 'UDP' }),
  );
  const graceMs = (spec?.template.spec?.terminationGracePeriodSeconds ?? 0) * 1_000;
  expect(graceMs).toBeGreaterThan((config.shutdownDelayMs ?? 0) + 5_000);
  const probe = container?.readinessProbe;
  const noticedMs = (probe?.periodSeconds ?? Infinity) * (probe?.failureThreshold ?? Infinity) * 1_000;
  expect(config.shutdownDelayMs).toBeGreaterThanOrEqual(2 * noticedMs);
});
