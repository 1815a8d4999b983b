/** Areas on the phone: what the desk has at its left. */
import { Link } from '@tanstack/react-router';
import { FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Top } from '../record/Top';
import { AREA_ICONS } from './Nav';
import { useAreas } from './places';

export default function Areas() {
  const { t } = useTranslation();
  return (
    <main className="page" id="main">
      <Top title={t('app.areas')} />
      {useAreas().map((area) => {
        const Icon = AREA_ICONS[area.name] ?? FileText;
        return (
          <section key={area.name} aria-label={area.label}>
            <div className="ghead">
              <Icon className="i s" aria-hidden="true" />
              <h2>{area.label}</h2>
            </div>
            <ul className="items">
              {area.places.map((place) => (
                <li key={place.path}>
                  <Link className="item" to={place.path}>
                    {place.label}
                  </Link>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </main>
  );
}
