import type { JSX } from 'preact';
import { useAnswer } from '../api';
import { count, moment } from '../format';
import { Answered, Heading } from '../parts';
import type { Brief } from '../types';
import { KeyTable, Size, Warnings } from './components';
import { Equation, LedgerTable } from './ledger';
import { FigureTable } from './totals';

const FEW_SOURCES = 12;
const FEW_KEYS = 10;

export function BriefScreen(): JSX.Element {
  const answer = useAnswer<Brief>('/api/brief');
  return (
    <>
      <Heading>Brief</Heading>
      <Answered answer={answer} waiting="Adding up and measuring …">
        {(brief) => (
          <>
            <Glance brief={brief} />
            <section aria-labelledby="b-warnings">
              <h2 id="b-warnings">Read this first</h2>
              <Warnings warnings={brief.warnings} />
            </section>
            <section aria-labelledby="b-ledger">
              <h2 id="b-ledger">Ledger</h2>
              <Equation counts={brief.ledger.totals} closes={brief.ledger.closes} />
              <LedgerTable ledger={{ ...brief.ledger, sources: brief.ledger.sources.slice(0, FEW_SOURCES) }} label="Sources" />
              <p class="after">
                {brief.ledger.n > FEW_SOURCES && <a href="#/ledger">all {count(brief.ledger.n)} sources</a>}
                <a href="#/problems">
                  {count(brief.problems)} {brief.problems === 1 ? 'problem' : 'problems'}
                </a>
              </p>
            </section>
            <section aria-labelledby="b-totals">
              <h2 id="b-totals">Totals of the operation</h2>
              <FigureTable figures={brief.totals.figures} />
              {brief.totals.set_aside.length > 0 && (
                <p class="after">
                  <a href="#/totals">{count(brief.totals.set_aside.length)} set aside, each counted once</a>
                </p>
              )}
            </section>
            <section aria-labelledby="b-key">
              <h2 id="b-key">Key components</h2>
              <p class="note">{brief.key_components.sentence}</p>
              <Size network={brief.network} />
              <KeyTable components={brief.key_components} largest={brief.network.largest} limit={FEW_KEYS} />
              {brief.key_components.rows.length > FEW_KEYS && (
                <p class="after">
                  <a href="#/components">all {count(brief.key_components.rows.length)}</a>
                </p>
              )}
            </section>
          </>
        )}
      </Answered>
    </>
  );
}

function Glance(props: { brief: Brief }): JSX.Element {
  const { ledger, records, occurrences, problems, network } = props.brief;
  const day = (time: string | null): string => moment(time).day;
  const items: readonly (readonly [string, string, string])[] = [
    ['Sources', count(ledger.n), ledger.closes ? 'all close' : `${count(ledger.open)} do not close`],
    ['Records kept', count(ledger.totals.kept), `of ${count(ledger.totals.seen)} seen`],
    ['Held back', count(ledger.totals.held), 'outside the authority'],
    ['Problems', count(problems), `${count(ledger.totals.rejected)} records rejected`],
    ['Events', count(records.events), records.first === null ? 'none dated' : `${day(records.first)} to ${day(records.last)}`],
    ['Messages and calls', count(occurrences.occurrences), `in ${count(occurrences.records)} records`],
    ['Accounts in contact', count(network.accounts), `${count(network.pairs)} pairs`],
  ];
  return (
    <dl class="glance">
      {items.map(([name, value, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            {value} <small>{more}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}
