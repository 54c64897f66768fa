import { useEffect, useState } from 'preact/hooks';

export class AnswerError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly hint: string | null,
  ) {
    super(message);
  }
}

export async function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = { headers: { Accept: 'application/json' }, credentials: 'same-origin' };
  if (signal !== undefined) init.signal = signal;
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new AnswerError(0, 'The server does not answer.', 'Is `lastmile serve` still running?');
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const error = (body as { error?: { message?: string; hint?: string | null } } | null)?.error;
    throw new AnswerError(response.status, error?.message ?? `status ${response.status}`, error?.hint ?? null);
  }
  return body as T;
}

export type Answer<T> =
  | { state: 'waiting'; data?: T }
  | { state: 'ready'; data: T }
  | { state: 'failed'; error: AnswerError };

// Asks again whenever the path changes; the answer to an older question is thrown away.
export function useAnswer<T>(path: string | null): Answer<T> {
  const [answer, setAnswer] = useState<{ path: string | null; answer: Answer<T> }>({
    path: null,
    answer: { state: 'waiting' },
  });
  useEffect(() => {
    if (path === null) return undefined;
    const stop = new AbortController();
    ask<T>(path, stop.signal).then(
      (data) => setAnswer({ path, answer: { state: 'ready', data } }),
      (cause: unknown) => {
        if (stop.signal.aborted) return;
        const error = cause instanceof AnswerError ? cause : new AnswerError(0, String(cause), null);
        setAnswer({ path, answer: { state: 'failed', error } });
      },
    );
    return () => stop.abort();
  }, [path]);
  return answer.path === path ? answer.answer : { state: 'waiting' };
}

// "/api/x" with the parameters that have a value.
export function address(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
