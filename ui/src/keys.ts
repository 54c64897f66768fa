import { useEffect, useState } from 'preact/hooks';
import { back } from './router';

export const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'search'],
  ['j', 'next row'],
  ['k', 'row before'],
  ['Enter', 'open the row'],
  ['Esc', 'back'],
  ['?', 'this help'],
];

const SETTING = 'lastmile.letters';

function stored(): boolean {
  try {
    return localStorage.getItem(SETTING) !== 'off';
  } catch {
    return true;
  }
}

// Keys of one letter can be switched off (WCAG 2.1.4).
export function useLetters(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(stored);
  return [
    on,
    (next) => {
      try {
        localStorage.setItem(SETTING, next ? 'on' : 'off');
      } catch {
        // the choice then lasts until the page is closed
      }
      setOn(next);
    },
  ];
}

function step(by: 1 | -1): void {
  const rows = Array.from(document.querySelectorAll<HTMLElement>('main [data-row]'));
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by));
  const row = rows[next];
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}

function isField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement
    || target instanceof HTMLSelectElement;
}

export function useKeys(letters: boolean, searchBox: () => HTMLElement | null, openHelp: () => void): void {
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector('dialog[open]') !== null) return; // the dialog has its own keys
      if (event.key === 'Escape') {
        if (isField(event.target)) (event.target as HTMLElement).blur();
        else back();
        event.preventDefault();
        return;
      }
      if (!letters || isField(event.target)) return;
      const acts: Record<string, () => void> = {
        '/': () => searchBox()?.focus(),
        '?': openHelp,
        j: () => step(1),
        k: () => step(-1),
      };
      const act = acts[event.key];
      if (act !== undefined) {
        event.preventDefault();
        act();
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [letters]);
}
