import { UserError } from './user-error.ts';

/** Calls the demo's back end. Throws an error with its description if it refuses. */
export async function postToBackend<Answer>(path: string, body: object, token?: string): Promise<Answer> {
  const response = await fetch(`/backend/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new UserError('Can’t reach this page’s server. Check your network connection, then try again.', {
      cause,
    });
  });
  const answer = (await response.json().catch(() => ({}))) as Answer & {
    readonly error_description?: string;
  };
  if (!response.ok) {
    throw new UserError(answer.error_description ?? 'Something went wrong on this page’s server. Try again.');
  }
  return answer;
}
