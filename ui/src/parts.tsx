import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Answer } from './api';
import { count, moment } from './format';
import { address } from './api';

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ComponentChildren;
  numeric?: boolean;
  mono?: boolean;
  wide?: boolean; // takes the room that is left
}

// A table with its caption for screen readers, in a box of its own that scrolls sideways.
export function Table<Row>(props: {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, index: number) => string | number;
  foot?: ComponentChildren;
  empty?: string;
  mark?: (row: Row) => string | undefined;
}): JSX.Element {
  if (props.rows.length === 0) return <p class="quiet">{props.empty ?? 'Nothing.'}</p>;
  const style = (c: Column<Row>): string =>
    [c.numeric ? 'num' : '', c.mono ? 'mono' : '', c.wide ? 'wide' : ''].join(' ').trim();
  return (
    <div class="scroll" role="region" aria-label={`${props.label}: table`} tabIndex={0}>
      <table>
        <caption class="unseen">{props.label}</caption>
        <thead>
          <tr>
            {props.columns.map((c) => (
              <th scope="col" class={style(c)}>
                {c.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row, i) => (
            <tr key={props.rowKey(row, i)} class={props.mark?.(row)}>
              {props.columns.map((c) => (
                <td class={style(c)}>{c.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
        {props.foot !== undefined && <tfoot>{props.foot}</tfoot>}
      </table>
    </div>
  );
}

// The link that `j`, `k` and Enter walk along.
export function RowLink(props: { href: string; children: ComponentChildren; class?: string }): JSX.Element {
  return (
    <a data-row href={props.href} class={props.class}>
      {props.children}
    </a>
  );
}

export function Pager(props: {
  path: string;
  parameters: Record<string, string | number | null>;
  offset: number;
  limit: number;
  shown: number;
  total: number;
  what: string;
}): JSX.Element {
  const { offset, limit, shown, total } = props;
  const link = (to: number): string => `#${address(props.path, { ...props.parameters, offset: to || null })}`;
  return (
    <nav class="pager" aria-label={`Pages of ${props.what}`}>
      <span>
        {total === 0 ? `No ${props.what}` : `${count(offset + 1)}–${count(offset + shown)} of ${count(total)} ${props.what}`}
      </span>
      {offset > 0 && <a href={link(Math.max(0, offset - limit))}>← before</a>}
      {offset + shown < total && <a href={link(offset + limit)}>after →</a>}
    </nav>
  );
}

let arrived = false; // the first screen leaves the focus where the browser has it

// The heading of a screen takes the focus when the screen changes, so that a reader starts there.
export function Heading(props: { children: ComponentChildren; focus?: boolean }): JSX.Element {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (arrived && props.focus !== false && !(document.activeElement instanceof HTMLInputElement)) {
      ref.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    arrived = true;
  }, []);
  return (
    <h1 tabIndex={-1} ref={ref}>
      {props.children}
    </h1>
  );
}

export function Answered<T>(props: {
  answer: Answer<T>;
  children: (data: T) => ComponentChildren;
  waiting?: string;
}): JSX.Element {
  const { answer } = props;
  if (answer.state === 'failed')
    return (
      <div class="note bad" role="alert">
        <strong>{answer.error.message}</strong>
        {answer.error.hint !== null && <span> {answer.error.hint}.</span>}
      </div>
    );
  if (answer.state === 'waiting') return <p class="quiet">{props.waiting ?? 'Reading …'}</p>;
  return <>{props.children(answer.data)}</>;
}

const WHAT_LOCAL = 'Wall clock of the source; its zone is not known, so the moment lies in an interval of −12 to +14 hours.';

export function When(props: { time: string | null; quality: string; day?: boolean }): JSX.Element {
  const at = moment(props.time);
  if (at.clock === '') return <span class="quiet">no time</span>;
  return (
    <time dateTime={props.time ?? undefined} class="when">
      {props.day !== false && <>{at.day} </>}
      {at.clock}
      {at.zone !== '' && <small> {at.zone}</small>}
      {(props.quality === 'local' || at.zone === '') && (
        <span class="tag" title={WHAT_LOCAL}>
          local
        </span>
      )}
    </time>
  );
}

// Text that comes from evidence: a text node in a box of its own, never markup.
export function Evidence(props: { text: string; marks?: readonly string[] }): JSX.Element {
  return (
    <span class="evidence" dir="auto">
      {props.marks === undefined || props.marks.length === 0 ? props.text : marked(props.text, props.marks)}
    </span>
  );
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

// Marks the words of the query, letters compared without their diacritics, as the index does.
function marked(text: string, wanted: readonly string[]): ComponentChildren[] {
  const starts = wanted.map(fold).filter((word) => word !== '');
  return text.split(/([\p{L}\p{N}\p{M}]+)/u).map((part, i) =>
    i % 2 === 1 && starts.includes(fold(part)) ? <mark key={i}>{part}</mark> : part,
  );
}

export function Tags(props: { flags: readonly string[] }): JSX.Element {
  const said: Record<string, string> = {
    system: 'written by the app, not by a person',
    deleted: 'the source says that it was deleted or unsent',
    edited: 'the source says that it was edited',
    attempt: 'missed, busy or rejected: no conversation took place',
    forwarded: 'forwarded from elsewhere',
    members_unknown: 'not all members of the thread are known',
    header_in_body: "holds a line that looks like another message's header",
    payment_hint: 'the platform marked it as about money',
    cell_site: 'the record names cell sites: an area, not a point',
  };
  return (
    <>
      {props.flags.filter((flag) => flag !== 'traffic').map((flag) => (
        <span key={flag} class={`tag ${flag === 'deleted' || flag === 'edited' ? 'strong' : ''}`} title={said[flag]}>
          {flag.replaceAll('_', ' ')}
        </span>
      ))}
    </>
  );
}

export function Hash(props: { value: string }): JSX.Element {
  return (
    <code class="hash" title={props.value}>
      {props.value.slice(0, 12)}
      {props.value.length > 12 && '…'}
    </code>
  );
}
