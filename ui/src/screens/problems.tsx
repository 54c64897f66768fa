import type { JSX } from 'preact';
import { address, useAnswer } from '../api';
import { count } from '../format';
import { Answered, Heading, Pager, Table } from '../parts';
import { number, type Route } from '../router';
import type { Problems } from '../types';
import { PAGE } from './ledger';

const MEANING: Record<string, string> = {
  rejected: 'records that could not be read; counted in the ledger',
  altered: 'kept, but not as written',
  doubted: 'kept as written; a person should look',
  lost: 'a range that cannot be counted in records',
};

export function ProblemsScreen(props: { route: Route }): JSX.Element {
  const offset = number(props.route, 'offset', 0);
  const answer = useAnswer<Problems>(address('/api/problems', { limit: PAGE, offset }));
  return (
    <>
      <Heading>Problems</Heading>
      <Answered answer={answer}>
        {(data) => (
          <>
            <Table
              label="Ranges that were dropped, altered or doubted"
              rows={data.problems}
              rowKey={(_, i) => i}
              empty="No source reported a problem."
              columns={[
                { head: 'Kind', cell: (p) => <span class={`tag ${p.kind === 'rejected' || p.kind === 'lost' ? 'strong' : ''}`} title={MEANING[p.kind]}>{p.kind}</span> },
                { head: 'Source', cell: (p) => <bdi>{p.path}</bdi> },
                { head: 'Locator', cell: (p) => p.locator, mono: true },
                { head: 'Reason', cell: (p) => p.reason, wide: true },
                { head: 'Records', cell: (p) => count(p.records), numeric: true },
                { head: 'Reader', cell: (p) => (p.reader === null ? 'nobody' : <code>{p.reader}</code>) },
              ]}
            />
            <Pager path="/problems" parameters={{}} offset={offset} limit={PAGE} shown={data.problems.length} total={data.total} what="problems" />
          </>
        )}
      </Answered>
    </>
  );
}
