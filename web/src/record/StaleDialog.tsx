/** Two people changed one field: both answers stand side by side, and nothing typed is lost. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, fieldOf } from '../api/model';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import type { Draft } from './draft';
import { plain } from './Value';

export function StaleDialog({ entity, draft }: { entity: Entity; draft: Draft }) {
  const { t } = useTranslation();
  const conflict = draft.conflict;
  const [mine, setMine] = useState<string[] | null>(null);
  if (!conflict) return null;
  const kept = mine ?? conflict.fields;
  const shown = (name: string, row: Record<string, unknown>) => {
    const field = fieldOf(entity, name);
    if (!field) return t('stale.lines');
    if (field.kind === 'ref' && row === conflict.mine) return draft.titles[name] ?? String(row[name] ?? '–');
    return plain(field, row, t('app.yes'), t('app.no')) || '–';
  };
  const settle = () => void draft.settle(kept);
  return (
    <Dialog
      wide
      title={t('stale.title')}
      onClose={() => void draft.settle([])}
      actions={[{ id: 'settle', label: t('stale.do'), keys: ['mod+Enter'], run: settle }]}
      footer={
        <Button look="primary" k="mod+Enter" onClick={settle}>
          {t('stale.do')}
        </Button>
      }
    >
      <p className="ink2">{t('stale.text')}</p>
      {conflict.fields.map((name) => (
        <fieldset key={name} className="stale">
          <legend className="strong">
            {fieldOf(entity, name)?.label ?? entity.lines.find((l) => l.name === name)?.label ?? name}
          </legend>
          {[true, false].map((own) => (
            <label key={String(own)}>
              <input
                type="radio"
                name={name}
                checked={kept.includes(name) === own}
                onChange={() => setMine(own ? [...kept, name] : kept.filter((n) => n !== name))}
              />
              <span className="ink2">{t(own ? 'stale.mine' : 'stale.theirs')}</span>{' '}
              {shown(name, own ? conflict.mine : conflict.current)}
            </label>
          ))}
        </fieldset>
      ))}
    </Dialog>
  );
}
