import { ConnectionError, ForbiddenError } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import { oncePerCode } from './once-per-code.ts';

const refused = new ForbiddenError({ operation: 'getEvents', status: 403 });
const broken = new ConnectionError('getEvents', 'https://rtc.example.com');

it('reports a problem once in a row, and again after another one or once it was solved', () => {
  const onProblem = vi.fn<(error: unknown) => void>();
  const { tell, forget } = oncePerCode(onProblem);
  for (const error of [refused, refused, broken, broken, refused]) tell(error);
  expect(onProblem.mock.calls).toEqual([[refused], [broken], [refused]]);
  forget();
  tell(refused);
  expect(onProblem).toHaveBeenCalledTimes(4);
});
