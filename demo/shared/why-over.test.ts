import { ConnectionError, EndpointLostError } from '@parley-rtc/sdk';
import { expect, it } from 'vitest';
import { whyOver } from './why-over.ts';

it.each([
  ['left', undefined, 'You left the call'],
  ['removed', undefined, 'The host removed you from the call'],
  ['left', new ConnectionError('updateMetadata', 'https://rtc.example.com'), 'You left the call'],
  ['left', new EndpointLostError(), 'You were disconnected'],
  ['ended', new EndpointLostError(), 'The call has ended'],
] as const)('%s with %o means "%s"', (connection, problem, text) => {
  expect(whyOver(connection, problem)).toBe(text);
});
