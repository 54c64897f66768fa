import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { address, useAnswer } from '../api';
import { count } from '../format';
import { Answered, Evidence, Heading, Pager, RowLink, Tags, When } from '../parts';
import { number, type Route } from '../router';
import type { Hit, IdentifierHit, SearchAnswer } from '../types';

const PAGE_HITS = 100;

export function wordsOf(query: string): string[] {
  return query.split(/[\s"]+/u).filter((word) => word !== '');
}

export function SearchScreen(props: { route: Route; say: (text: string) => void }): JSX.Element {
  const query = props.route.parameters.get('q') ?? '';
  const offset = number(props.route, 'offset', 0);
  const answer = useAnswer<SearchAnswer>(query === '' ? null : address('/api/search', { q: query, limit: PAGE_HITS, offset }));
  const said = answer.state === 'ready' ? `${count(answer.data.total)} ${answer.data.total === 1 ? 'hit' : 'hits'}` : '';
  useEffect(() => {
    if (said !== '') props.say(`${said} for ${query}`);
  }, [said, query, offset]);
  return (
    <>
      <Heading focus={false}>Search</Heading>
      {query === '' ? (
        <p class="quiet">
          Words (all must occur), "a phrase", a phone number in any spelling, an e-mail address, or @handle. Diacritics and
          case make no difference.
        </p>
      ) : (
        <Answered answer={answer} waiting="Searching …">
          {(data) => (
            <>
              <p>
                <b>{said}</b> for <q class="evidence" dir="auto">{query}</q>
                {data.total === 0 && <>. No data held is not no contact: what is held outside the authority is not searched.</>}
              </p>
              <ol class="hits" start={offset + 1}>
                {data.hits.map((hit) => (
                  <HitRow key={hit.event} hit={hit} words={wordsOf(query)} />
                ))}
              </ol>
              {data.identifiers.length > 0 && (
                <section>
                  <h2>
                    {count(data.identifiers_total)} {data.identifiers_total === 1 ? 'identifier' : 'identifiers'}
                  </h2>
                  <p class="quiet">Names, numbers, addresses and handles that match, with or without events.</p>
                  <ol class="hits identifiers" start={offset + 1}>
                    {data.identifiers.map((hit, i) => (
                      <IdentifierRow key={i} hit={hit} words={wordsOf(query)} />
                    ))}
                  </ol>
                </section>
              )}
              {(data.total > data.hits.length || data.identifiers_total > data.identifiers.length) && (
                <Pager
                  path="/search"
                  parameters={{ q: query }}
                  offset={offset}
                  limit={PAGE_HITS}
                  shown={Math.max(data.hits.length, data.identifiers.length)}
                  total={Math.max(data.total, data.identifiers_total)}
                  what={data.total >= data.identifiers_total ? 'hits' : 'identifiers'}
                />
              )}
            </>
          )}
        </Answered>
      )}
    </>
  );
}

function HitRow(props: { hit: Hit; words: string[] }): JSX.Element {
  const { hit } = props;
  return (
    <li class="hit">
      <RowLink class="hit-head" href={`#/thread/${hit.thread}?event=${hit.event}`}>
        <When time={hit.time} quality={hit.quality} />
        <span class="who">
          <bdi>{hit.from || 'unknown'}</bdi>
          {hit.to !== '' && (
            <>
              {' → '}
              <bdi>{hit.to}</bdi>
            </>
          )}
        </span>
        <span class="kind">
          {hit.platform} {hit.kind}
        </span>
      </RowLink>
      <div class="hit-text">
        <Evidence text={hit.text !== '' ? hit.text : hit.detail} marks={props.words} /> <Tags flags={hit.flags} />
      </div>
      <div class="hit-foot">
        {hit.why !== undefined && hit.why !== '' && <span>matched: {hit.why}</span>}
        <span class="mono">
          <bdi>{hit.source}</bdi>, {hit.locator}
        </span>
        <span>authority {hit.authority}</span>
      </div>
    </li>
  );
}

function IdentifierRow(props: { hit: IdentifierHit; words: string[] }): JSX.Element {
  const { hit } = props;
  return (
    <li class="identifier">
      <div class="hit-text">
        <Evidence text={hit.value} marks={props.words} />
        {hit.id !== hit.value && (
          <>
            {' → '}
            <bdi>{hit.id}</bdi>
          </>
        )}
        {hit.name !== hit.value && hit.name !== hit.id && (
          <>
            {', shown as '}
            <bdi>{hit.name}</bdi>
          </>
        )}
      </div>
      <div class="hit-foot">
        <span>
          {hit.platform} {hit.type}, {hit.basis}
        </span>
        <span class="mono">
          <bdi>{hit.source}</bdi>
          {hit.locator !== '' && `, ${hit.locator}`}
        </span>
        <span>authority {hit.authority}</span>
      </div>
    </li>
  );
}
