import { useEffect, useState } from 'preact/hooks';
import { address } from './api';

// What is shown stands in the address: #/thread/12?event=55. So the back button, a bookmark and a note work.
export interface Route {
  screen: string;
  id: string | null;
  parameters: URLSearchParams;
  text: string;
}

export function parse(hash: string): Route {
  const text = hash.replace(/^#/, '') || '/brief';
  const [path = '', query = ''] = text.split('?', 2);
  const [screen = 'brief', id = null] = path.split('/').filter((part) => part !== '');
  return { screen, id, parameters: new URLSearchParams(query), text };
}

let depth = 0; // pages behind this one that are ours

export function go(path: string, parameters: Record<string, string | number | null | undefined> = {}): void {
  location.hash = address(path, parameters);
}

export function back(): void {
  if (depth > 0) history.back();
  else location.hash = '/brief';
}

export function number(route: Route, name: string, fallback: number): number {
  const value = Number(route.parameters.get(name));
  return Number.isSafeInteger(value) && value >= 0 && route.parameters.has(name) ? value : fallback;
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const changed = (): void => {
      const known = (history.state as { depth?: number } | null)?.depth;
      if (known === undefined) {
        depth += 1;
        history.replaceState({ depth }, '');
      } else depth = known;
      setRoute(parse(location.hash));
    };
    if ((history.state as { depth?: number } | null)?.depth === undefined) history.replaceState({ depth }, '');
    else depth = (history.state as { depth: number }).depth;
    addEventListener('hashchange', changed);
    return () => removeEventListener('hashchange', changed);
  }, []);
  return route;
}
