import type { JSX } from 'preact';
import { address, useAnswer } from '../api';
import { count, oneDecimal, short } from '../format';
import { Answered, Heading, Pager, RowLink, Table, When } from '../parts';
import { number, type Route } from '../router';
import type { Brief, Components, Contacts, NetworkSize } from '../types';
import { PAGE } from './ledger';

export type KeyAnswer = Pick<Brief, 'network' | 'key_components' | 'warnings'>;

export function Size(props: { network: NetworkSize }): JSX.Element {
  const n = props.network;
  return (
    <p>
      <b>{count(n.accounts)}</b> accounts, <b>{count(n.pairs)}</b> pairs in contact by <b>{count(n.contacts)}</b> messages
      and calls; <b>{count(n.components)}</b> {n.components === 1 ? 'piece' : 'pieces'}, the largest with{' '}
      <b>{count(n.largest)}</b> accounts.
    </p>
  );
}

export function KeyTable(props: { components: Components; largest: number; limit?: number }): JSX.Element {
  const rows = props.limit === undefined ? props.components.rows : props.components.rows.slice(0, props.limit);
  return (
    <Table
      label="Accounts whose removal breaks the network most, one after the other"
      rows={rows}
      rowKey={(r) => r.k}
      empty="No messages or calls between two known accounts are held."
      columns={[
        { head: 'Removed', cell: (r) => count(r.k), numeric: true },
        { head: 'Identifier', cell: (r) => <RowLink href={`#/account/${r.account}`}><bdi>{r.identifier}</bdi></RowLink>, wide: true },
        { head: 'Standing', cell: (r) => <span class="tag">{r.standing}</span> },
        { head: 'Degree', cell: (r) => count(r.degree), numeric: true },
        { head: 'Betweenness', cell: (r) => oneDecimal(r.betweenness), numeric: true },
        { head: 'Rank range', cell: (r) => (r.rank_range === null ? '–' : `${count(r.rank_range[0])} – ${count(r.rank_range[1])}`), numeric: true },
        { head: 'Largest after', cell: (r) => <Left after={r.largest_after} before={props.largest} />, numeric: true },
        { head: 'Pairs after', cell: (r) => count(r.pairs_after), numeric: true },
        { head: 'Contacts', cell: (r) => <a href={`#/account/${r.account}`}>{count(r.contacts)}</a>, numeric: true },
      ]}
    />
  );
}

function Left(props: { after: number; before: number }): JSX.Element {
  const share = props.before === 0 ? 0 : props.after / props.before;
  return (
    <span class="left">
      <meter min={0} max={1} value={share} aria-hidden="true" />
      {count(props.after)} of {count(props.before)}
    </span>
  );
}

// A device stands in the middle of what it recorded: how much of the network is whose.
function Supply(props: { network: NetworkSize }): JSX.Element {
  const n = props.network;
  const share = (part: number, all: number): string => (all === 0 ? '–' : `${count(part)} (${count((100 * part) / all)} %)`);
  return (
    <>
      <Table
        label="Pairs and contacts that each exhibit supplies"
        rows={n.exhibits}
        rowKey={(x) => x.exhibit}
        empty="None in the data held."
        columns={[
          { head: 'Exhibit', cell: (x) => <bdi>{x.name}</bdi>, wide: true },
          { head: 'SHA-256', cell: (x) => <span title={x.exhibit}>{short(x.exhibit)}</span>, mono: true },
          { head: 'Pairs', cell: (x) => share(x.pairs, n.pairs), numeric: true },
          { head: 'Contacts', cell: (x) => share(x.contacts, n.contacts), numeric: true },
        ]}
      />
      <p class="quiet">A pair that several exhibits record counts for each of them.</p>
    </>
  );
}

export function ComponentsScreen(): JSX.Element {
  const answer = useAnswer<KeyAnswer>('/api/components');
  return (
    <>
      <Heading>Key components</Heading>
      <Answered answer={answer} waiting="Measuring …">
        {(data) => (
          <>
            <p class="note">{data.key_components.sentence}</p>
            <Size network={data.network} />
            <KeyTable components={data.key_components} largest={data.network.largest} />
            <p class="quiet">{data.key_components.method}</p>
            <Warnings warnings={data.warnings} />
            <h2 id="c-exhibits">What each exhibit supplies</h2>
            <Supply network={data.network} />
          </>
        )}
      </Answered>
    </>
  );
}

export function Warnings(props: { warnings: Brief['warnings'] }): JSX.Element {
  return (
    <ul class="warnings">
      {props.warnings.map((w) => (
        <li key={w.code + w.text}>{w.text}</li>
      ))}
    </ul>
  );
}

export function AccountScreen(props: { route: Route }): JSX.Element {
  const offset = number(props.route, 'offset', 0);
  const id = props.route.id ?? '0';
  const answer = useAnswer<Contacts>(address('/api/contacts', { account: id, limit: PAGE, offset }));
  return (
    <Answered answer={answer}>
      {(data) => (
        <>
          <Heading>
            Contacts of <bdi>{data.identifier}</bdi>
          </Heading>
          <Table
            label={`Contacts of ${data.identifier}`}
            rows={data.contacts}
            rowKey={(_, i) => i}
            empty="None in the data held."
            columns={[
              { head: 'Month', cell: (c) => c.month ?? 'no time' },
              { head: 'With', cell: (c) => <bdi>{c.with}</bdi>, wide: true },
              { head: 'Direction', cell: (c) => (c.direction === 'out' ? 'sends' : 'receives') },
              { head: 'Kind', cell: (c) => c.kind },
              { head: 'Occurrences', cell: (c) => count(c.contacts), numeric: true },
              { head: 'in records', cell: (c) => count(c.records), numeric: true },
              { head: 'First', cell: (c) => <When time={c.first} quality="" /> },
              { head: 'Last', cell: (c) => <When time={c.last} quality="" /> },
              { head: 'Exhibit', cell: (c) => <bdi title={c.exhibit}>{c.exhibit_name}</bdi> },
              { head: 'Authority', cell: (c) => c.authority },
            ]}
          />
          <Pager path={`/account/${id}`} parameters={{}} offset={offset} limit={PAGE} shown={data.contacts.length} total={data.total} what="rows" />
          <p class="quiet">What the data held records. No data held is not no contact.</p>
        </>
      )}
    </Answered>
  );
}
