/** The preview: how each file is understood, and what is wrong in it, by row and column, with what to do. */
import { useTranslation } from 'react-i18next';
import { fieldOf, useModel } from '../../api/model';
import { whole } from '../../ui/format';
import { Note, Problem } from '../../ui/notes';
import { type Gathered, gathered, ranges, type Seen, type Table } from './seen';

export function SeenFiles({ seen }: { seen: Seen }) {
  const { t } = useTranslation();
  const lacking = seen.tables.filter((x) => (x.missing ?? []).length > 0);
  return (
    <>
      <Understood seen={seen} />
      {lacking.map((x) => (
        <Lacking key={`${x.file}-${x.entity}`} table={x} nearly={seen.nearly} />
      ))}
      {seen.notes.map((note) => (
        <Note key={note}>{note}</Note>
      ))}
      {seen.tables
        .filter((x) => x.problems.length > 0)
        .map((x) => (
          <Problems key={`${x.file}-${x.entity}-${x.what}`} table={x} />
        ))}
      {seen.tables.some((x) => x.refused) && <p className="read ink2">{t('import.mend')}</p>}
    </>
  );
}

function Understood({ seen }: { seen: Seen }) {
  const { t } = useTranslation();
  const model = useModel();
  return (
    <table className="t in-sec files">
      <caption className="sr">{t('import.seen')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('import.file')}</th>
          <th scope="col">{t('import.as')}</th>
          <th scope="col" className="num">
            {t('import.rows')}
          </th>
          <th scope="col">{t('import.saw')}</th>
        </tr>
      </thead>
      <tbody>
        {seen.tables.map((x) => (
          <tr key={`${x.file}-${x.entity}-${x.what}`}>
            <td className="code">{x.file}</td>
            <td>{(x.entity && model.entities[x.entity]?.labels) || x.what || t('import.unknown')}</td>
            <td className="num">{whole(x.rows)}</td>
            <td>
              <span className={`st ${x.refused ? 'warn-s' : 'ok-s'}`}>{summary(x, t)}</span>
            </td>
          </tr>
        ))}
        {[...seen.unknown_files.map((f) => [f, t('import.no_home')] as const), ...seen.homeless].map(([name, why]) => (
          <tr key={name}>
            <td className="code">{name}</td>
            <td colSpan={3} className="wrap">
              <span className="st">{why}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type T = (key: string, options?: Record<string, unknown>) => string;

/** `497 new, 3 here already, 2 left out` */
export function summary(x: Table, t: T): string {
  const parts: [string, number | undefined][] = [
    ['import.fresh', x.new],
    ['import.known', x.known],
    ['import.out', x.refused],
  ];
  const said = parts.filter(([, n]) => n).map(([key, n]) => t(key, { n: whole(n) }));
  return said.length > 0 ? said.join(', ') : t('import.nothing_in');
}

/** A column that is not there at all is one thing to mend, and not one in every row. */
function Lacking({ table, nearly }: { table: Table; nearly: Seen['nearly'] }) {
  const { t } = useTranslation();
  const model = useModel();
  const entity = table.entity ? model.entities[table.entity] : undefined;
  const names = (table.missing ?? []).map((name) => (entity && fieldOf(entity, name)?.label) || name);
  return (
    <Problem
      message={t('import.lacks', { file: table.file, columns: names.join(', '), count: names.length })}
      advice={[
        t('import.add_column', { columns: names.join(', '), count: names.length }),
        nearly && t('import.or_with', { mapping: nearly.mapping, files: nearly.files.join(', ') }),
      ]
        .filter(Boolean)
        .join(' ')}
    />
  );
}

function Problems({ table }: { table: Table }) {
  const { t } = useTranslation();
  const model = useModel();
  const entity = table.entity ? model.entities[table.entity] : undefined;
  const column = (p: Gathered) => (entity && fieldOf(entity, p.column)?.label) || p.column;
  const groups = gathered(table.problems);
  return (
    <section aria-label={table.file}>
      <div className="head">
        <h2>{table.file}</h2>
        <span className="count">{t('import.problems', { count: groups.length })}</span>
      </div>
      <table className="t in-sec">
        <caption className="sr">{t('import.problems_of', { file: table.file })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('import.row')}</th>
            <th scope="col">{t('import.column')}</th>
            <th scope="col">{t('import.what')}</th>
            <th scope="col">{t('import.then')}</th>
          </tr>
        </thead>
        <tbody>
          {groups.slice(0, 100).map((p) => (
            <tr key={`${p.rows[0]}-${p.column}-${p.message}`}>
              <td>{ranges(p.rows)}</td>
              <td>{column(p)}</td>
              <td className="wrap">
                {p.message} <span className="ink3">{p.advice}</span>
              </td>
              <td>
                <span className={`st ${p.level === 'error' ? 'warn-s' : ''}`}>{t(`import.level.${p.level}`)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
