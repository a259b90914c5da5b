/** Asks our own back end. Throws an error with its words when it refuses. */
export async function postToBackend<Answer>(path: string, body: object, token?: string): Promise<Answer> {
  const response = await fetch(`/backend/${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  }).catch((cause: unknown) => {
    throw new Error('This page’s server cannot be reached. Check your network connection, then try again.', {
      cause,
    });
  });
  const answer = (await response.json().catch(() => ({}))) as Answer & {
    readonly error_description?: string;
  };
  if (!response.ok) {
    throw new Error(answer.error_description ?? 'This page’s server is in trouble. Try again in a moment.');
  }
  return answer;
}
