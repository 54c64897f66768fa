import { render, type JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useAnswer } from './api';
import { Hash, When } from './parts';
import { KEYS, useKeys, useLetters } from './keys';
import { go, useRoute, type Route } from './router';
import { BriefScreen } from './screens/brief';
import { AccountScreen, ComponentsScreen } from './screens/components';
import { LedgerScreen } from './screens/ledger';
import { ProblemsScreen } from './screens/problems';
import { SearchScreen } from './screens/search';
import { ThreadScreen, ThreadsScreen } from './screens/thread';
import { TotalsScreen } from './screens/totals';
import type { Session } from './types';

interface Screen {
  name: string;
  title: string; // in the menu; '' keeps it out
  show: (props: { route: Route; say: (text: string) => void }) => JSX.Element;
}

// A new screen is a file in screens/ and a line here.
const SCREENS: readonly Screen[] = [
  { name: 'brief', title: 'Brief', show: BriefScreen },
  { name: 'ledger', title: 'Ledger', show: LedgerScreen },
  { name: 'problems', title: 'Problems', show: ProblemsScreen },
  { name: 'search', title: 'Search', show: SearchScreen },
  { name: 'threads', title: 'Threads', show: ThreadsScreen },
  { name: 'thread', title: '', show: ThreadScreen },
  { name: 'components', title: 'Key components', show: ComponentsScreen },
  { name: 'account', title: '', show: AccountScreen },
  { name: 'totals', title: 'Totals', show: TotalsScreen },
];
const PARENT: Record<string, string> = { thread: 'threads', account: 'components' };

function App(): JSX.Element {
  const route = useRoute();
  const session = useAnswer<Session>('/api/session');
  const [said, say] = useState('');
  const [letters, setLetters] = useLetters();
  const box = useRef<HTMLInputElement>(null);
  const help = useRef<HTMLDialogElement>(null);
  useKeys(letters, () => box.current, () => help.current?.showModal());
  const screen = SCREENS.find((s) => s.name === route.screen) ?? SCREENS[0]!;
  const about = session.state === 'ready' ? session.data : null;
  useEffect(() => {
    document.title = `${screen.title || screen.name}${about === null ? '' : ` · ${about.investigation.id}`} · lastmile`;
  }, [screen, about]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); document.querySelector<HTMLElement>('main h1')?.focus(); }}>
        Skip to the content
      </a>
      <header class="top">
        <div class="top-row">
          <a class="name" href="#/brief">lastmile</a>
          {about !== null && (
            <p class="bound">
              <b>{about.investigation.id}</b> <bdi>{about.investigation.title}</bdi>
              <span class="purpose">purpose: <bdi>{about.purpose}</bdi></span>
            </p>
          )}
          {session.state === 'failed' && <p class="bound" role="alert">{session.error.message} {session.error.hint}</p>}
          <SearchBox route={route} box={box} />
        </div>
        <div class="menu-row">
        <nav class="menu" aria-label="Screens">
          {SCREENS.filter((s) => s.title !== '').map((s) => (
            <a key={s.name} href={`#/${s.name}`} aria-current={s.name === (PARENT[screen.name] ?? screen.name) ? 'page' : undefined}>
              {s.title}
            </a>
          ))}
        </nav>
        {about !== null && (
          <p class="asof">
            <span>data cut-off {about.cutoff === null ? 'none' : <When time={about.cutoff} quality="" />}</span>
            <span>audit head <Hash value={about.audit.head} /> of {about.audit.entries.toLocaleString('en-US')} entries</span>
          </p>
        )}
        </div>
      </header>
      <main id="main">
        <screen.show key={`${route.screen}/${route.id ?? ''}`} route={route} say={say} />
      </main>
      <footer class="foot">
        {about !== null && (
          <>
            <span>{about.workspace}</span>
            <span>lastmile {about.version}</span>
          </>
        )}
        <button type="button" class="link" onClick={() => help.current?.showModal()}>keys <kbd>?</kbd></button>
      </footer>
      <p class="unseen" role="status" aria-live="polite">{said}</p>
      <Help dialog={help} letters={letters} setLetters={setLetters} />
    </>
  );
}

function SearchBox(props: { route: Route; box: { current: HTMLInputElement | null } }): JSX.Element {
  const query = props.route.screen === 'search' ? (props.route.parameters.get('q') ?? '') : '';
  useEffect(() => {
    if (props.box.current !== null) props.box.current.value = query;
  }, [query]);
  return (
    <form
      role="search"
      class="search"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = props.box.current?.value.trim() ?? '';
        if (wanted !== '') go('/search', { q: wanted });
      }}
    >
      <label class="unseen" for="q">Search the messages and calls of this investigation</label>
      <input id="q" ref={props.box} type="search" maxLength={300} autoComplete="off" spellcheck={false}
        placeholder="words, “a phrase”, phone, e-mail, @handle" enterkeyhint="search" />
      <button type="submit">Search</button>
    </form>
  );
}

function Help(props: { dialog: { current: HTMLDialogElement | null }; letters: boolean; setLetters: (on: boolean) => void }): JSX.Element {
  return (
    <dialog ref={props.dialog} aria-labelledby="help-title">
      <h2 id="help-title">Keys</h2>
      <dl class="keys">
        {KEYS.map(([key, does]) => (
          <div key={key}>
            <dt><kbd>{key}</kbd></dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input type="checkbox" checked={props.letters} onChange={(event) => props.setLetters(event.currentTarget.checked)} />{' '}
        keys of one letter
      </label>
      <form method="dialog">
        <button type="button" onClick={() => props.dialog.current?.close()}>Close</button>
      </form>
    </dialog>
  );
}

const root = document.getElementById('app');
if (root !== null) {
  root.textContent = '';
  render(<App />, root);
}
