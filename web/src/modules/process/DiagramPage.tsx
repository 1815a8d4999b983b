/** A diagram as it is drawn. The file itself is typed into a draft, and taken along from any other. */
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { Bars } from '../../ui/notes';

const Diagram = lazy(() => import('./Diagram'));

export default function DiagramPage({ id }: { id: number }) {
  const { t } = useTranslation();
  const entity = useEntity('Diagram') as Entity;
  return (
    <RecordPage
      entity={entity}
      id={id}
      slots={(row) => ({
        hides: row.state === 'draft' ? [] : ['xml'],
        above: (
          <section className="sec" aria-label={entity.label}>
            <Suspense fallback={<Bars rows={5} />}>
              <Diagram
                xml={String(row.xml)}
                tokens={[]}
                done={[]}
                walked={[]}
                stopped={false}
                title={String(row.name)}
              />
            </Suspense>
            <p>
              <a
                href={`data:application/xml;charset=utf-8,${encodeURIComponent(String(row.xml))}`}
                download={`${row.code}.bpmn`}
              >
                {t('case.download')}
              </a>
            </p>
          </section>
        ),
      })}
    />
  );
}
