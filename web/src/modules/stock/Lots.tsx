/** The lots of a line: which would be taken, and which has come. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type Entity, hasQuery, useEntity } from '../../api/model';
import { functionQuery } from '../../api/odata';
import { date, quantity } from '../../ui/format';
import { DateInput, Labelled, TextInput } from '../../ui/inputs';

export interface Pick {
  line_id: number;
  lot: string;
  quantity: number;
  expires_on: string | null;
}

/** What a draft delivery would take, what expires first first. */
export function usePicks(deliveries: Entity, delivery: number | null): Pick[] {
  const lots = useEntity('Lot');
  const known = hasQuery(deliveries, 'picks') && lots !== undefined;
  const asked = useQuery({
    ...functionQuery<{ value: Pick[] }>(deliveries, delivery ?? 0, 'picks', {}),
    enabled: known && delivery !== null,
  });
  return (asked.data?.value ?? []).filter((p) => p.lot !== '');
}

export function Picks({ picks }: { picks: Pick[] }) {
  const { t } = useTranslation();
  return picks.length === 0 ? null : (
    <ul className="lots" aria-label={t('lots.take')}>
      {picks.map((p) => (
        <li key={p.lot}>
          <span className="code">{p.lot}</span> × {quantity(p.quantity)}
          {p.expires_on && <span className="ink3"> {t('lots.until', { date: date(p.expires_on) })}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Number and expiry of the lot that comes, as far as somebody types them. */
export interface Named {
  lot?: string;
  expires_on?: string | null;
}

export function NameLot({ what, named, onNamed }: { what: string; named: Named; onNamed: (named: Named) => void }) {
  const { t } = useTranslation();
  return (
    <div className="lots">
      <Labelled label={t('lots.lot')}>
        {(props) => (
          <TextInput
            {...props}
            aria-label={t('lots.lot_of', { what })}
            placeholder={t('lots.numbered')}
            value={named.lot ?? ''}
            onValue={(lot) => onNamed({ ...named, lot })}
          />
        )}
      </Labelled>
      <Labelled label={t('lots.expires')}>
        {(props) => (
          <DateInput
            {...props}
            aria-label={t('lots.expires_of', { what })}
            value={named.expires_on ?? null}
            onValue={(expires_on) => onNamed({ ...named, expires_on })}
          />
        )}
      </Labelled>
    </div>
  );
}
