import type { ComponentChildren, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { address, useAnswer } from '../api';
import { count, instant, moment, span } from '../format';
import { Answered, Evidence, Heading, Pager, RowLink, Table, Tags, When } from '../parts';
import { number, type Route } from '../router';
import type { Hit, ThreadAnswer, Threads } from '../types';
import { PAGE } from './ledger';

const GAP_MS = 48 * 3_600_000;

export function ThreadsScreen(props: { route: Route }): JSX.Element {
  const offset = number(props.route, 'offset', 0);
  const answer = useAnswer<Threads>(address('/api/threads', { limit: PAGE, offset }));
  return (
    <>
      <Heading>Threads</Heading>
      <Answered answer={answer}>
        {(data) => (
          <>
            <Table
              label="Conversations in the data held"
              rows={data.threads}
              rowKey={(t) => t.thread}
              empty="No conversation is held."
              columns={[
                { head: 'Thread', cell: (t) => <RowLink href={`#/thread/${t.thread}`}><bdi>{t.title !== '' ? t.title : `thread ${t.thread}`}</bdi></RowLink>, wide: true },
                { head: 'Platform', cell: (t) => t.platform },
                { head: 'Kind', cell: (t) => t.kind },
                { head: 'Events', cell: (t) => count(t.events), numeric: true },
                { head: 'First', cell: (t) => <When time={t.first} quality="" /> },
                { head: 'Last', cell: (t) => <When time={t.last} quality="" /> },
                { head: 'Source', cell: (t) => <bdi>{t.source}</bdi> },
              ]}
            />
            <Pager path="/threads" parameters={{}} offset={offset} limit={PAGE} shown={data.threads.length} total={data.total} what="threads" />
          </>
        )}
      </Answered>
    </>
  );
}

export function ThreadScreen(props: { route: Route }): JSX.Element {
  const id = props.route.id ?? '0';
  const event = number(props.route, 'event', 0);
  const offset = props.route.parameters.has('offset') ? number(props.route, 'offset', 0) : null;
  const answer = useAnswer<ThreadAnswer>(
    address('/api/thread', { id, limit: PAGE, offset, event: offset === null && event > 0 ? event : null }),
  );
  const ready = answer.state === 'ready';
  useEffect(() => {
    if (ready && event > 0) document.getElementById(`event-${event}`)?.scrollIntoView({ block: 'center' });
  }, [ready, event]);
  return (
    <Answered answer={answer}>
      {(data) => (
        <>
          <Heading focus={event === 0}>
            <bdi>{data.thread.title !== '' ? data.thread.title : `Thread ${id}`}</bdi>
          </Heading>
          <p class="quiet">
            {data.thread.platform}, {data.thread.kind}; {count(data.total)} events in the data held; source{' '}
            <bdi class="mono">{data.thread.source}</bdi>
          </p>
          <Pager path={`/thread/${id}`} parameters={{}} offset={data.offset} limit={PAGE} shown={data.events.length} total={data.total} what="events" />
          <ol class="thread" aria-label="The conversation as it ran">
            {transcript(data.events, event)}
          </ol>
          {data.total > data.events.length && (
            <Pager path={`/thread/${id}`} parameters={{}} offset={data.offset} limit={PAGE} shown={data.events.length} total={data.total} what="events, end of page" />
          )}
        </>
      )}
    </Answered>
  );
}

// Rows with a line for every new day and for every gap.
function transcript(events: readonly Hit[], wanted: number): ComponentChildren[] {
  const out: ComponentChildren[] = [];
  let day = '';
  let before = NaN;
  for (const e of events) {
    const at = instant(e.time);
    const today = moment(e.time).day;
    if (at - before > GAP_MS)
      out.push(
        <li key={`gap-${e.event}`} class="gap">
          {span(at - before)} without a record in this thread. No data held is not no contact.
        </li>,
      );
    if (today !== '' && today !== day) {
      out.push(
        <li key={`day-${e.event}`} class="day">
          {today}
        </li>,
      );
      day = today;
    }
    if (!Number.isNaN(at)) before = at;
    out.push(<Line key={e.event} event={e} wanted={e.event === wanted} />);
  }
  return out;
}

function Line(props: { event: Hit; wanted: boolean }): JSX.Element {
  const e = props.event;
  const system = e.flags.includes('system');
  return (
    <li id={`event-${e.event}`} data-row tabIndex={-1} class={`line${props.wanted ? ' wanted' : ''}${system ? ' system' : ''}`}
      aria-current={props.wanted ? 'true' : undefined}>
      <span class="line-time">
        <When time={e.time} quality={e.quality} day={false} />
      </span>
      <span class="line-who">
        <bdi>{system && e.from === '' ? 'app' : e.from || 'unknown'}</bdi>
      </span>
      <span class="line-text">
        {e.kind !== 'message' && <span class="tag">{e.kind.replaceAll('_', ' ')}</span>}
        {e.flags.includes('deleted') && e.text === '' ? <i>deleted; the text is not in the source</i> : <Evidence text={e.text !== '' ? e.text : e.detail} />}
        {' '}
        {e.duration_s !== null && <span class="tag">{count(e.duration_s)} s</span>}
        <Tags flags={e.flags} />
      </span>
      <span class="line-place mono">{e.locator}</span>
    </li>
  );
}
