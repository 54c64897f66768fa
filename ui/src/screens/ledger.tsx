import type { JSX } from 'preact';
import { address, useAnswer } from '../api';
import { count, words } from '../format';
import { Answered, Hash, Heading, Pager, Table, type Column } from '../parts';
import { number, type Route } from '../router';
import type { Counts, Ledger, Source } from '../types';

export const PAGE = 200;

// The equation that every source and the whole must satisfy.
export function Equation(props: { counts: Counts; closes: boolean }): JSX.Element {
  const c = props.counts;
  return (
    <p class="equation">
      <b>{count(c.seen)}</b> seen = <b>{count(c.kept)}</b> kept + <b>{count(c.duplicate)}</b> duplicate +{' '}
      <b>{count(c.held)}</b> held + <b>{count(c.rejected)}</b> rejected{' '}
      {props.closes ? <span class="tag good">closes</span> : <span class="tag strong">does not close</span>}
    </p>
  );
}

const COLUMNS: readonly Column<Source>[] = [
  { head: 'Source', cell: (s) => <bdi>{s.path}</bdi>, wide: true },
  { head: 'Reader', cell: (s) => (s.reader === null ? <span class="tag strong">nobody</span> : <code>{s.reader}</code>) },
  { head: 'Authority', cell: (s) => <span class="tight">{s.authority}</span> },
  { head: 'Seen', cell: (s) => count(s.seen), numeric: true },
  { head: 'Kept', cell: (s) => count(s.kept), numeric: true },
  { head: 'Duplicate', cell: (s) => count(s.duplicate), numeric: true },
  { head: 'Held', cell: (s) => count(s.held), numeric: true },
  { head: 'Rejected', cell: (s) => count(s.rejected), numeric: true },
  { head: 'Facts', cell: (s) => count(s.facts), numeric: true },
  { head: 'Problems', cell: (s) => (s.problems === 0 ? '0' : <a href="#/problems">{count(s.problems)}</a>), numeric: true },
  { head: 'State', cell: (s) => <State source={s} /> },
  { head: 'SHA-256', cell: (s) => <Hash value={s.sha256} /> },
];

function State(props: { source: Source }): JSX.Element {
  const s = props.source;
  if (!s.closes) return <span class="tag strong">does not close</span>;
  return <span class={s.state === 'read' || s.state === 'container' || s.state === 'empty' ? 'tag' : 'tag strong'}>{words(s.state)}</span>;
}

export function LedgerTable(props: { ledger: Ledger; label: string }): JSX.Element {
  const t = props.ledger.totals;
  return (
    <Table
      label={props.label}
      columns={COLUMNS}
      rows={props.ledger.sources}
      rowKey={(s) => s.source}
      empty="Nothing has been imported."
      foot={
        <tr>
          <th scope="row" colSpan={3}>
            All {count(props.ledger.n)} sources
          </th>
          {[t.seen, t.kept, t.duplicate, t.held, t.rejected, t.facts, t.problems].map((n) => (
            <td class="num">{count(n)}</td>
          ))}
          <td colSpan={2}>{props.ledger.closes ? 'every source closes' : `${count(props.ledger.open)} do not close`}</td>
        </tr>
      }
    />
  );
}

export function LedgerScreen(props: { route: Route }): JSX.Element {
  const offset = number(props.route, 'offset', 0);
  const answer = useAnswer<Ledger>(address('/api/ledger', { limit: PAGE, offset }));
  return (
    <>
      <Heading>Ledger</Heading>
      <Answered answer={answer}>
        {(ledger) => (
          <>
            <Equation counts={ledger.totals} closes={ledger.closes} />
            <LedgerTable ledger={ledger} label="Sources and their five counts" />
            <Pager path="/ledger" parameters={{}} offset={offset} limit={PAGE} shown={ledger.sources.length} total={ledger.n} what="sources" />
            <p class="quiet">
              Counts are source records, not events. <i>Held</i> records lie outside their authority: they are counted, not
              indexed, and never returned. A <i>duplicate</i> is the same platform message or the same place in the same
              bytes, never equal text alone.
            </p>
          </>
        )}
      </Answered>
    </>
  );
}
