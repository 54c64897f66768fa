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
            </>
          ),
          numeric: true,
        },
        { head: 'Unit', cell: (f) => (f.unit === 'count' || f.unit === 'none' ? '' : f.unit) },
        { head: 'Rule', cell: (f) => (f.rule === null ? '–' : <code>{f.rule}</code>) },
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
            <p class="quiet">
              Each figure with the rows it rests on. A dose count is an estimate under the rule named beside it: never
              evidence of drug weight or of effect, and never attributed to a person.
            </p>
            <h2>Set aside</h2>
            <Table
              label="Rows that were set aside"
              rows={data.set_aside}
              rowKey={(r, i) => r.row + i}
              empty="No row was set aside."
              columns={[
                { head: 'Row', cell: (r) => <bdi>{r.row}</bdi> },
                { head: 'Because', cell: (r) => r.because, wide: true },
              ]}
            />
          </>
        )}
      </Answered>
    </>
  );
}
