import { expect, it } from 'vitest';
import { ConfigError } from '../config-error.ts';
import { readConfig } from './read-config.ts';

const variables = {
  PARLEY_REDIS_URL: 'redis://:hush@engine:6379/1',
  PARLEY_NODE_URL: 'http://10.0.0.7:8787',
  PARLEY_CLIENTS: 'desk:secret:AGENT',
};

it('reads the engine and this node’s place among others', () => {
  expect(readConfig(variables).cluster).toEqual({
    redisUrl: 'redis://:hush@engine:6379/1',
    nodeUrl: 'http://10.0.0.7:8787',
  });
  const more = { PARLEY_CLUSTER_NAME: 'staging', PARLEY_NODE_LEASE_MS: '3000' };
  expect(readConfig({ ...variables, ...more }).cluster).toMatchObject({ name: 'staging', leaseMs: 3_000 });
  const redundant = {
    PARLEY_REDIS_URL: 'redis://:hush@My_Master/1',
    PARLEY_REDIS_SENTINELS: 's-1:26379, :hush@[::1]:26380',
    PARLEY_REDIS_REPLICAS: '1',
  };
  expect(readConfig({ ...variables, ...redundant }).cluster).toMatchObject({
    redisUrl: 'redis://:hush@My_Master/1',
    redisSentinels: ['s-1:26379', ':hush@[::1]:26380'],
    redisReplicas: 1,
  });
  expect(readConfig({}).cluster).toBeUndefined();
});

it.each([
  ['PARLEY_REDIS_URL', 'engine:6379', /PARLEY_REDIS_URL must be a URL like redis:/],
  ['PARLEY_REDIS_URL', '', /PARLEY_NODE_URL needs PARLEY_REDIS_URL/],
  ['PARLEY_REDIS_SENTINELS', 's-1:26379', /PARLEY_REDIS_URL must have no port/],
  ['PARLEY_REDIS_SENTINELS', 's-1,:hush@', /number 2 is not one/],
  ['PARLEY_REDIS_SENTINELS', 'redis://s-1:26379', /number 1 is not one/],
  ['PARLEY_REDIS_REPLICAS', '11', /from 0 to 10/],
  ['PARLEY_NODE_URL', '', /PARLEY_NODE_URL is missing/],
  ['PARLEY_NODE_URL', '10.0.0.7', /PARLEY_NODE_URL must be a URL like http:/],
  ['PARLEY_CLIENTS', ' ', /PARLEY_CLIENTS is missing.*same clients/],
  ['PARLEY_DATA_DIR', '/data', /PARLEY_DATA_DIR and PARLEY_REDIS_URL exclude each other/],
  ['PARLEY_RECORDING_DIR', '/recordings', /nodes cannot record yet/],
  ['PARLEY_NODE_LEASE_MS', '999', /from 1000 to 60000/],
  ['PARLEY_NODE_LEASE_MS', '60001', /from 1000 to 60000/],
  ['PARLEY_CLUSTER_NAME', 'a:b', /1 to 40 letters/],
])('refuses %s="%s" among nodes, without repeating the password', (name, value, message) => {
  const read = (): unknown => readConfig({ ...variables, [name]: value });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
  expect(read).not.toThrow(/hush/);
});
