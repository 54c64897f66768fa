import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { address, useAnswer } from '../api';
import { count } from '../format';
import { Answered, Evidence, Heading, Pager, RowLink, Tags, When } from '../parts';
import { number, type Route } from '../router';
import type { Hit, SearchAnswer } from '../types';

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
              {data.total > data.hits.length && (
                <Pager path="/search" parameters={{ q: query }} offset={offset} limit={PAGE_HITS} shown={data.hits.length} total={data.total} what="hits" />
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
