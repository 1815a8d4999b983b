/** A record at a glance, beside the palette's list. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useModel } from '../api/model';
import { type Hit, recordQuery } from '../api/odata';
import { columnsOf } from '../record/columns';
import { plain } from '../record/Value';

export function Preview({ hit }: { hit: Hit }) {
  const { t } = useTranslation();
  const model = useModel();
  const entity = model.entities[hit.entity];
  const { data: row } = useQuery({
    ...recordQuery(entity ?? (Object.values(model.entities)[0] as never), hit.id, model.entities),
    enabled: entity !== undefined,
  });
  const shown =
    entity && row
      ? columnsOf(entity, undefined).filter((f) => f.name !== entity.title && plain(f, row, 'x', '') !== '')
      : [];
  return (
    <aside className="palette-preview" aria-label={hit.title}>
      <p className="strong">{hit.title}</p>
      <p className="ink3 small">{entity?.label}</p>
      {row && (
        <dl className="preview-props">
          {shown.map((f) => (
            <div key={f.name}>
              <dt>{f.label}</dt>
              <dd>{plain(f, row, t('app.yes'), t('app.no'))}</dd>
            </div>
          ))}
        </dl>
      )}
    </aside>
  );
}
