import { UserError } from './user-error.ts';

/** Longer than a server that works takes, shorter than a user waits. */
const timeoutMs = 10_000;

/** Calls the demo's back end. Throws an error with its description if it refuses. */
export async function postToBackend<Answer>(path: string, body: object): Promise<Answer> {
  const { response, answer } = await post(path, body).catch((cause: unknown) => {
    throw new UserError('Can’t reach this page’s server. Check your network connection, then try again.', {
      cause,
    });
  });
  if (response.ok && answer) return answer as Answer;
  // A login page answers with 200, too.
  throw new UserError(
    answer?.error_description ?? 'Something went wrong on the way to this page’s server. Try again.',
  );
}

async function post(path: string, body: object) {
  const response = await fetch(`/backend/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  return { response, answer: parsed(text) };
}

/** Undefined for anything but an answer of the back end, such as a proxy's page. */
function parsed(text: string): { readonly error_description?: string } | undefined {
  try {
    return (JSON.parse(text) as object | null) ?? undefined;
  } catch {
    return undefined;
  }
}
