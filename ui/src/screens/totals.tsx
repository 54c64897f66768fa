import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useAnswer } from '../api';
import { count, exact, qualifier, words } from '../format';
import { Answered, Heading, Table } from '../parts';
import type { Figure, Rollup } from '../types';

function Rows(props: { figure: Figure }): JSX.Element {
  const [open, setOpen] = useState(false);
  const { rows } = props.figure;
  const most = 500;
  if (rows.length === 0) return <span class="quiet">none</span>;
  return (
    <>
      <button type="button" class="link" data-row aria-expanded={open} onClick={() => setOpen(!open)}>
        {count(rows.length)} {rows.length === 1 ? 'row' : 'rows'}
      </button>
      {open && (
        <ul class="rows">
          {rows.slice(0, most).map((row) => (
            <li key={row}>
              <bdi>{row}</bdi>
            </li>
          ))}
          {rows.length > most && <li>and {count(rows.length - most)} more: `lastmile rollup --json` lists all</li>}
        </ul>
      )}
    </>
  );
}

function range(figure: Figure): string {
  if (figure.low === null && figure.high === null) return '–';
  return `${exact(figure.low)} – ${exact(figure.high)}`;
}

export function FigureTable(props: { figures: readonly Figure[] }): JSX.Element {
  const places = new Set(props.figures.map((f) => f.place)).size > 1;
  return (
    <Table
      label="Totals of the operation"
      rows={props.figures}
      rowKey={(f, i) => `${f.place} ${f.name} ${i}`}
      empty="No tables of the operation have been imported."
      columns={[
        ...(places ? [{ head: 'Place', cell: (f: Figure) => f.place }] : []),
        { head: 'Figure', cell: (f) => words(f.name), wide: true },
        {
          head: 'Value',
          cell: (f) => (
            <>
              {qualifier(f.qualifier) !== '' && <small>{qualifier(f.qualifier)} </small>}
              <b>{f.value === null ? 'refused' : exact(f.value)}</b>
              {f.note !== undefined && <div class="remark">{f.note}</div>}
            </>
          ),
          numeric: true,
        },
        { head: 'Unit', cell: (f) => (f.unit === 'count' || f.unit === 'none' ? '' : f.unit) },
        { head: 'Rule', cell: (f) => (f.rule === null ? '–' : <><code>{f.rule}</code> {f.inference === true && <span class="tag strong">our inference</span>}</>) },
        { head: 'Low – high over the rules', cell: range, numeric: true },
        { head: 'Rows', cell: (f) => <Rows figure={f} /> },
      ]}
    />
  );
}

export function TotalsScreen(): JSX.Element {
  const answer = useAnswer<Rollup>('/api/rollup');
  return (
    <>
      <Heading>Totals</Heading>
      <Answered answer={answer}>
        {(data) => (
          <>
            <FigureTable figures={data.figures} />
            <p class="quiet">Each figure with the rows it rests on. {data.caution}</p>
            <section aria-labelledby="t-aside">
              <h2 id="t-aside">Set aside</h2>
              <Table
                label="Rows that were set aside"
                rows={data.set_aside}
                rowKey={(r, i) => r.row + i}
                empty="No row is claimed twice."
                columns={[
                  { head: 'Row', cell: (r) => <bdi>{r.row}</bdi> },
                  { head: 'Counted instead', cell: (r) => <bdi>{r.kept}</bdi> },
                  { head: 'Because', cell: (r) => r.because, wide: true },
                ]}
              />
            </section>
            {data.notes.length > 0 && (
              <section aria-labelledby="t-notes">
                <h2 id="t-notes">Rows to look at</h2>
                <Table
                  label="Rows to look at"
                  rows={data.notes}
                  rowKey={(r, i) => r.row + i}
                  columns={[
                    { head: 'Row', cell: (r) => <bdi>{r.row}</bdi> },
                    { head: 'Because', cell: (r) => r.because, wide: true },
                  ]}
                />
              </section>
            )}
            {data.figures.some((f) => f.rule !== null) && (
              <section aria-labelledby="t-rules">
                <h2 id="t-rules">Dose rules</h2>
                <Table
                  label="Dose rules"
                  rows={data.rules}
                  rowKey={(r) => r.rule}
                  columns={[
                    { head: 'Rule', cell: (r) => <><code>{r.rule}</code> {r.chosen && <span class="tag">in force</span>}</> },
                    { head: 'Says', cell: (r) => r.title, wide: true },
                    { head: 'Basis', cell: (r) => <span class={r.inference ? 'tag strong' : 'tag'}>{r.basis}</span> },
                    { head: 'Source', cell: (r) => r.source, wide: true },
                  ]}
                />
              </section>
            )}
          </>
        )}
      </Answered>
    </>
  );
}
