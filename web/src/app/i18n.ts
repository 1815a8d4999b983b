import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { speak } from '../api/client';

const catalogues = {
  en: () => import('../locale/en.json'),
  sl: () => import('../locale/sl.json'),
};

/** The language before anybody is signed in: chosen here earlier, else the browser's. */
export function firstLanguage(): 'en' | 'sl' {
  const own = localStorage.getItem('celota.language') ?? navigator.language;
  return own.startsWith('sl') ? 'sl' : 'en';
}

export async function speakLanguage(language: string): Promise<void> {
  const known = language === 'sl' ? 'sl' : 'en';
  const texts = (await catalogues[known]()).default;
  if (i18next.isInitialized) {
    i18next.addResourceBundle(known, 'translation', texts);
    await i18next.changeLanguage(known);
  } else {
    await i18next.use(initReactI18next).init({
      lng: known,
      resources: { [known]: { translation: texts } },
      fallbackLng: false,
      interpolation: { escapeValue: false },
    });
  }
  document.documentElement.lang = known;
  localStorage.setItem('celota.language', known);
  speak(known);
}
